import { DriverError, type PartitionOutcome } from '../driver.js';
import { toDriverError } from './errors.js';
import { protocolError } from './internals.js';
import type { ProduceAnswer } from './wire/produce.js';

const NONE = 0;
const DUPLICATE_SEQUENCE_NUMBER = 46;

/** The broker did not append the batch, for a reason that passes. */
const PASSING = new Set([
  'CORRUPT_MESSAGE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'BROKER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'NOT_ENOUGH_REPLICAS',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
]);
/** The broker no longer knows the producer's numbers, or never knew them. */
const STALE = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
]);

/**
 * What the answer for one partition means for its batch. Whatever is not known to leave the log as it was
 * counts as unknown: a broker that timed out, or has too few replicas after the append, has stored it; one that
 * is no leader any more, or lost its disk, may have done so before, and its successor may have the batch.
 */
export function outcomeOf(answer: ProduceAnswer | undefined): PartitionOutcome {
  if (answer === undefined) {
    return { kind: 'unknown', error: new DriverError('failed', 'the broker did not answer for it') };
  }
  const { errorCode, baseOffset } = answer;
  if (errorCode === NONE) return { kind: 'stored', baseOffset };
  if (errorCode === DUPLICATE_SEQUENCE_NUMBER) return { kind: 'stored', baseOffset: -1n };
  const error = toDriverError(protocolError(errorCode));
  if (error.reason === 'refused') return { kind: 'refused', error };
  const type = error.protocolError ?? '';
  if (PASSING.has(type)) return { kind: 'retry', error };
  return { kind: STALE.has(type) ? 'stale' : 'unknown', error };
}
