import { v5, v7 } from 'uuid';

/** A new event id: a UUID of version 7, so that ids sort by the time they were made. */
export function newEventId(): string {
  return v7();
}

/**
 * The id of the event that answers another: a UUID of version 5 made from its cause, so that the same
 * reaction, worked out twice, is the same event.
 * @param causeId the id of the event that is answered, a UUID
 * @param reaction what the answer is, unique among the answers to one event
 */
export function reactionId(causeId: string, reaction: string): string {
  return v5(reaction, causeId);
}
