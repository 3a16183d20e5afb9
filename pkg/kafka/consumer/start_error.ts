import { asError } from '../async.js';
import { DriverError } from '../driver.js';
import { GroupJoinFailed, TopicNotCreated, UnknownTopic } from '../errors.js';

/** Why a group could not start, in the terms of its caller. */
export function startError(error: unknown, groupId: string, brokers: readonly string[]): Error {
  if (!(error instanceof DriverError)) return asError(error);
  const { reason, topic, message } = error;
  if (reason === 'unknown-topic' && topic !== undefined) return new UnknownTopic(topic, error);
  if (reason === 'refused' && topic !== undefined) return new TopicNotCreated(topic, message, error);
  return new GroupJoinFailed(groupId, brokers, message, error);
}
