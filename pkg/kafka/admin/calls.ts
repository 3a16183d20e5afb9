import { DriverError, type KafkaDriver } from '../driver.js';
import {
  AdminFailed,
  AdminRefused,
  GroupNotEmpty,
  UnknownGroup,
  UnknownPartition,
  UnknownTopic,
} from '../errors.js';
import { inOneLine } from '../errors/in_one_line.js';
import { isMissingRight } from '../security/access_failure.js';
import { unreachable } from '../unreachable.js';

/** What a call is about, for its errors. */
interface Subject {
  /** Completes "the broker refused to …". */
  readonly what: string;
  readonly topic?: string;
  readonly groupId?: string;
}

/**
 * Runs a call and puts its errors into the terms of this package.
 * @throws UnknownTopic, UnknownPartition, UnknownGroup, GroupNotEmpty, AdminRefused, BrokerUnreachable, AccessDenied;
 *   AdminFailed for what may pass
 */
export async function call<T>(driver: KafkaDriver, subject: Subject, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    throw inOurTerms(driver, subject, error);
  }
}

function inOurTerms(driver: KafkaDriver, { what, groupId, ...subject }: Subject, error: DriverError): Error {
  const { reason, protocolError, message, topic = subject.topic } = error;
  if (reason === 'unreachable') return unreachable(driver.brokers, error);
  if (reason === 'unknown-topic' && topic !== undefined) return new UnknownTopic(topic, error);
  if (reason === 'unknown-partition' && topic !== undefined && error.partition !== undefined) {
    return new UnknownPartition(topic, error.partition, error);
  }
  if (groupId !== undefined) {
    if (protocolError === 'GROUP_ID_NOT_FOUND') return new UnknownGroup(groupId, error);
    const isInUse =
      protocolError === 'NON_EMPTY_GROUP' || reason === 'membership-lost' || reason === 'rebalancing';
    if (isInUse) return new GroupNotEmpty(groupId, [], error);
  }
  if (isMissingRight(protocolError)) return inOneLine(new AdminRefused(what, message));
  const isFinal = reason === 'refused' || (protocolError !== undefined && REFUSALS.has(protocolError));
  return isFinal ? new AdminRefused(what, message, error) : new AdminFailed(what, message, error);
}

/** Answers to administration that trying again does not change. */
const REFUSALS = new Set([
  'INVALID_REQUEST',
  'INVALID_REPLICA_ASSIGNMENT',
  'OFFSET_OUT_OF_RANGE',
  'SECURITY_DISABLED',
  'TOPIC_DELETION_DISABLED',
  'REASSIGNMENT_IN_PROGRESS',
  'INVALID_GROUP_ID',
  'UNSUPPORTED_VERSION',
]);
