import type { DriverError, PartitionOutcome } from '../driver.js';
import { PublishOutcomeUnknown, PublishRefused, type KafkaError } from '../errors.js';
import type { Lane } from './lanes.js';
import type { Batch, PartitionQueue } from './partition_queue.js';

/** The broker does not say which limit it was. */
const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];
/** Refusals that one record of a batch can cause; others concern the topic as a whole. */
const CAUSED_BY_A_RECORD = new Set([...TOO_LARGE, 'INVALID_RECORD', 'INVALID_TIMESTAMP']);

/**
 * Does what the outcome of a batch asks for: tells its callers, or prepares it for another try. The queue
 * may go on afterwards.
 *
 * @returns true when the partition may have another leader, or be gone
 */
export function settle(
  queue: PartitionQueue,
  parts: {
    readonly batch: Batch;
    readonly lane: Lane;
    readonly outcome: PartitionOutcome;
    readonly now: number;
  },
): boolean {
  const { batch, lane, outcome, now } = parts;
  if (outcome.kind === 'stored') {
    acknowledge(queue, batch, outcome.baseOffset);
    queue.progress(now);
    return false;
  }
  const { kind, error } = outcome;
  const mayPass = kind === 'retry' || kind === 'unknown';
  if (kind === 'unknown') batch.unsure = lane;
  if (batch.unsure !== undefined) {
    if (!mayPass) giveUp(queue, error);
  } else if (kind === 'refused') {
    refuse(queue, batch, error);
    queue.progress(now);
    return false;
  } else {
    if (kind === 'stale') lane.producer.renounce(queue);
    queue.putBack(batch);
  }
  for (const item of batch.items) item.delayed(error);
  queue.backOff(now, error.message);
  return mayPass;
}

/** Rejects a batch that may be stored, and makes sure that no later one is taken for it. */
export function giveUp(queue: PartitionQueue, cause: Error): void {
  const { batch } = queue;
  if (batch === undefined) return;
  batch.unsure?.producer.renounce(queue);
  queue.finish();
  reject(batch, new PublishOutcomeUnknown(queue.topic, cause.message, cause));
}

function acknowledge(queue: PartitionQueue, batch: Batch, baseOffset: bigint): void {
  const { topic, partition } = queue;
  queue.finish();
  batch.items.forEach((item, index) => {
    const offset = baseOffset < 0n ? baseOffset : baseOffset + BigInt(index);
    item.resolve({ topic, partition, offset: offset.toString() });
  });
}

/** One message at fault must not fail the others: the batch is halved until it is alone. */
function refuse(queue: PartitionQueue, batch: Batch, error: DriverError): void {
  const oneIsAtFault = CAUSED_BY_A_RECORD.has(error.protocolError ?? '');
  if (oneIsAtFault && batch.items.length > 1) {
    queue.halve(batch);
    queue.putBack(batch);
    return;
  }
  queue.finish();
  const tooLarge = TOO_LARGE.includes(error.protocolError ?? '');
  const why = tooLarge ? `it exceeds the topic's max.message.bytes: ${error.message}` : error.message;
  reject(batch, new PublishRefused(queue.topic, why, error));
}

function reject({ items }: Batch, error: KafkaError): void {
  for (const item of items) item.reject(error);
}
