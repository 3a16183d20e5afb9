import type { Batch, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { FetchedBatch, FetchedRecord } from '../driver.js';
import { toDriverError } from './errors.js';
import { toHeaderMap } from './headers.js';

/** Bytes that a message takes in memory beside its key and value. */
const OVERHEAD = 100;
/** In the attributes of a batch. */
const LOG_APPEND_TIME = 1;

/** What kafkajs's types leave out. */
interface FetchedByKafkajs extends Batch {
  readonly fetchedOffset: string;
}

/** A batch of kafkajs in the terms of the port; to resolve it is left to the consumer. */
export function toFetchedBatch(payload: EachBatchPayload): Omit<FetchedBatch, 'resolve'> {
  const batch = payload.batch as FetchedByKafkajs;
  return {
    topic: batch.topic,
    partition: batch.partition,
    offsets: batch.messages.map(({ offset }) => offset),
    bytes: batch.messages.reduce((sum, { key, value }) => sum + sizeOf(key) + sizeOf(value) + OVERHEAD, 0),
    recordAt: (index) => {
      const message = batch.messages[index];
      if (message === undefined) throw new RangeError(`the batch has no record ${index}`);
      return toFetchedRecord(batch, message);
    },
    from: BigInt(batch.fetchedOffset),
    nextOffset: BigInt(batch.lastOffset()) + 1n,
    highWatermark: BigInt(batch.highWatermark),
    heartbeat: async () => {
      try {
        await payload.heartbeat();
      } catch (error) {
        throw toDriverError(error);
      }
    },
  };
}

function sizeOf(bytes: Buffer | null): number {
  return bytes === null ? 0 : bytes.length;
}

function toFetchedRecord({ topic, partition }: Batch, message: KafkaMessage): FetchedRecord {
  const { offset, key, value, headers, timestamp } = message;
  const { batchContext } = message as KafkaMessage & { batchContext?: { timestampType: number } };
  return {
    topic,
    partition,
    offset,
    key,
    value,
    headers: toHeaderMap(headers),
    timestamp: Number(timestamp),
    timestampType: batchContext?.timestampType === LOG_APPEND_TIME ? 'LogAppendTime' : 'CreateTime',
  };
}
