import { InvalidFailureTopic } from './errors.js';

const LEGAL = /^[A-Za-z0-9._-]{1,249}$/;

/** Where messages of a topic go that a group could not handle. @throws InvalidFailureTopic */
export function deadLetterTopic(topic: string, groupId: string): string {
  return legal(`${topic}.${groupId}-dlt`);
}

/**
 * Where a group reads messages of a topic again, so many milliseconds after they were put there; 0 is for
 * dead letters that are sent to be handled again. @throws InvalidFailureTopic
 */
export function retryTopic(topic: string, groupId: string, delayMs: number): string {
  return legal(`${topic}.${groupId}-retry-${delayMs}`);
}

function legal(topic: string): string {
  if (!LEGAL.test(topic)) throw new InvalidFailureTopic(topic);
  return topic;
}
