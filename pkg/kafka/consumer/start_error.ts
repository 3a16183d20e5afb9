import { asError } from '../async.js';
import { DriverError } from '../driver.js';
import { GroupJoinFailed, RightMissing, TopicNotCreated, UnknownTopic } from '../errors.js';
import { inOneLine } from '../errors/in_one_line.js';
import { isMissingRight } from '../security/access_failure.js';

/** Why a group could not start, in the terms of its caller. */
export function startError(error: unknown, groupId: string, brokers: readonly string[]): Error {
  if (!(error instanceof DriverError)) return asError(error);
  const { reason, topic, message, protocolError } = error;
  if (protocolError === 'GROUP_AUTHORIZATION_FAILED') {
    return new RightMissing(`READ on group ${groupId}`, 'grant it to its user', protocolError);
  }
  if (reason === 'unknown-topic' && topic !== undefined) return new UnknownTopic(topic, error);
  if (reason === 'refused' && topic !== undefined) {
    return isMissingRight(protocolError)
      ? inOneLine(new TopicNotCreated(topic, message))
      : new TopicNotCreated(topic, message, error);
  }
  return new GroupJoinFailed(groupId, brokers, message, error);
}
