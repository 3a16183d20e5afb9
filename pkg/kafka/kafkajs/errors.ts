import kafkajs from 'kafkajs';
import { DriverError, type DriverErrorReason, type TopicPartition } from '../driver.js';
import { explainAccess, explainRefusal } from '../security/access_failure.js';
import { TokenUnavailable } from '../security/token_source.js';

/** The broker's answers after which it is certain that it stored nothing and never will. */
const REFUSALS = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_PARTITIONS',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_CONFIG',
  'POLICY_VIOLATION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'UNSUPPORTED_COMPRESSION_TYPE',
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
]);
const SASL_ERRORS = new Set([
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
  'SASL_AUTHENTICATION_FAILED',
]);
const MEMBERSHIP_LOST = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']);
const REBALANCING = new Set(['REBALANCE_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP']);

/** Puts an error of kafkajs into the port's terms. The deepest cause decides. */
export function toDriverError(error: unknown, socketError?: Error): DriverError {
  if (error instanceof DriverError) return error;
  const root = rootCause(error);
  const type = protocolErrorOf(root);
  const reason = reasonOf(root, type);
  const message = messageOf(root);
  const detail =
    reason === 'unreachable' && socketError !== undefined && !message.includes(socketError.message)
      ? `${message}: ${socketError.message}`
      : message;
  const denial = mayBeDenial(root) ? explainAccess(detail) : undefined;
  if (denial !== undefined) {
    return new DriverError('unreachable', denial, { cause: error, protocolError: type, denied: true });
  }
  return new DriverError(reason, explainRefusal(type) ?? detail, { cause: error, protocolError: type });
}

/** Of a partition that its topic does not have. */
export function unknownPartition({ topic, partition }: TopicPartition): DriverError {
  const what = `topic ${topic} has no partition ${partition}`;
  return new DriverError('unknown-partition', what, { topic, partition });
}

/** Follows `cause` and the errors of an aggregate down to the first reason. */
function rootCause(error: unknown): unknown {
  let current = error;
  for (let depth = 0; depth < 16; depth += 1) {
    const next = nextCause(current);
    if (next === undefined || next === null || next === current) return current;
    current = next;
  }
  return current;
}

function nextCause(error: unknown): unknown {
  // It tells its own cause.
  if (error instanceof TokenUnavailable) return undefined;
  if (error instanceof kafkajs.KafkaJSDeleteGroupsError) return error.groups[0]?.error;
  if (error instanceof kafkajs.KafkaJSDeleteTopicRecordsError) {
    // kafkajs's types leave out what the error is made of.
    return (error as unknown as { partitions: { error?: Error }[] }).partitions[0]?.error;
  }
  if (error instanceof kafkajs.KafkaJSAggregateError) return error.errors[0];
  return error instanceof Error ? error.cause : undefined;
}

/** Keeping a client out is told by sockets, by authentication, and by the source of its token. */
function mayBeDenial(root: unknown): boolean {
  return (
    root instanceof kafkajs.KafkaJSConnectionError ||
    root instanceof kafkajs.KafkaJSSASLAuthenticationError ||
    root instanceof TokenUnavailable ||
    (root instanceof kafkajs.KafkaJSProtocolError && SASL_ERRORS.has(root.type))
  );
}

function protocolErrorOf(error: unknown): string | undefined {
  return error instanceof kafkajs.KafkaJSProtocolError ? error.type : undefined;
}

function reasonOf(root: unknown, type: string | undefined): DriverErrorReason {
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return 'unknown-topic';
  if (type !== undefined && MEMBERSHIP_LOST.has(type)) return 'membership-lost';
  if (type !== undefined && REBALANCING.has(type)) return 'rebalancing';
  if (type !== undefined && REFUSALS.has(type)) return 'refused';
  if (root instanceof kafkajs.KafkaJSConnectionError) return 'unreachable';
  return 'failed';
}

function messageOf(error: unknown): string {
  // kafkajs's types leave this one out.
  if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') {
    return 'it closed the connection, as a broker does that asks for TLS or SASL, or that stops';
  }
  return error instanceof Error ? error.message : String(error);
}
