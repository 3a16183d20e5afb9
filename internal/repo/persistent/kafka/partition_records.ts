import { type KafkaDriver, readPartition } from '../../../../pkg/kafka/index.js';
import { type Logger } from '../../../../pkg/logger/index.js';
import { type ReceivedMessage } from '../../contracts.js';

/** Some messages of a partition, in order. */
export interface PartitionBatch {
  messages: readonly ReceivedMessage[];
  /** Where reading goes on; beyond the last message where the log has gaps. */
  nextOffset: bigint;
  /** Where the partition ended just now. */
  endOffset: bigint;
}

/** Where to read from, and until when. */
export interface PartitionRequest {
  topic: string;
  partition: number;
  from: bigint | 'earliest';
  signal: AbortSignal;
}

/**
 * Yields what is there and what comes, until the signal is aborted; the first batch at once, though it may be
 * empty. Throws when it cannot go on.
 */
export type ReadPartition = (request: PartitionRequest) => AsyncIterable<PartitionBatch>;

/** Reads partitions by the driver, without a group. */
export function partitionRecords(driver: KafkaDriver, logger: Logger): ReadPartition {
  return async function* (request) {
    const { topic, partition } = request;
    for await (const { records, nextOffset, endOffset } of readPartition(driver, { ...request, logger })) {
      const messages = records.map((record) => ({
        ...record,
        topic,
        partition,
        offset: record.offset,
        attempt: 1,
      }));
      yield { messages, nextOffset, endOffset };
    }
  };
}
