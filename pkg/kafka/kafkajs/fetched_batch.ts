import type { Batch, EachBatchPayload } from 'kafkajs';
import type { FetchedBatch, TopicPartition } from '../driver.js';
import { RecordRun } from '../records/record_run.js';
import { toDriverError } from './errors.js';
import type { FetchedRun } from './fetch_decoding.js';

/** What kafkajs's types leave out. */
interface FetchedByKafkajs extends Batch {
  readonly fetchedOffset: string;
}

/** What a fetch brought of a partition. */
export interface Fetched extends TopicPartition {
  readonly records: RecordRun;
  /** The offset that was asked for. */
  readonly from: bigint;
  /** The offset after everything that came, also after what is no record or does not count. */
  readonly nextOffset: bigint;
  /** kafkajs fetches from there on. */
  readonly resolve: () => void;
}

/** What kafkajs hands over, with the records that `decodeFetchesOf` put there. */
export function toFetched(payload: EachBatchPayload): Fetched {
  const { batch } = payload;
  const { topic, partition } = batch;
  const from = BigInt((batch as FetchedByKafkajs).fetchedOffset);
  const [run] = batch.messages as unknown as readonly Partial<FetchedRun>[];
  if (run?.batches === undefined) throw new Error('kafkajs handed over what this package did not decode');
  const last = batch.lastOffset();
  return {
    topic,
    partition,
    // Taken out, since kafkajs and the commits under this assignment hold on to its batch.
    records: new RecordRun(run.batches.splice(0), from),
    from,
    nextOffset: BigInt(last) + 1n,
    resolve: () => {
      payload.resolveOffset(last);
    },
  };
}

/** The same in the terms of the port, where it has records. */
export function toFetchedBatch(payload: EachBatchPayload, fetched: Fetched): FetchedBatch {
  const { topic, partition, records, from, nextOffset, resolve } = fetched;
  return {
    topic,
    partition,
    offsets: records,
    bytes: records.bytes,
    recordAt: (index) => records.recordAt(index),
    from,
    nextOffset,
    highWatermark: BigInt(payload.batch.highWatermark),
    resolve,
    heartbeat: async () => {
      try {
        await payload.heartbeat();
      } catch (error) {
        throw toDriverError(error);
      }
    },
  };
}
