import type { ReadRecord, TopicPartition } from './records.js';

/** Which records of transactions are read: `committed` leaves out those of aborted and open ones. */
export type Isolation = 'committed' | 'uncommitted';

/** A batch as it stands in a partition, its records not yet unpacked. */
export interface StoredBatch {
  readonly baseOffset: bigint;
  /** The offset of the last record that the batch ever had: compaction may have taken it since. */
  readonly lastOffset: bigint;
  readonly producerId: bigint;
  readonly transactional: boolean;
  /** A batch of markers that end transactions; it has no records of anybody. */
  readonly control: boolean;
  /** Of a control batch: whether its marker aborts the transaction. */
  readonly aborts: boolean;
  /** Unpacks the records. @throws Error when they are damaged, or compressed by an unknown codec */
  records(): Promise<Iterable<ReadRecord>>;
}

/** What a fetch brought. The first batch may begin before the offset that was asked for. */
export interface FetchedChunk {
  readonly batches: Iterable<StoredBatch>;
  /** Aborted transactions that may have records in these batches. Nothing is filtered yet. */
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  /** The offset up to which the partition can be read at this isolation. */
  readonly endOffset: bigint;
}

/** Reads partitions without a group. It retries nothing by itself; what it may not read is said in the log as well. */
export interface DriverReader {
  /**
   * Where to begin: the first or next offset of a partition, or the first record from a time on (in ms
   * since the epoch; undefined when there is none).
   * @throws DriverError
   */
  offsetAt(
    partition: TopicPartition,
    at: 'earliest' | 'latest' | number,
    isolation: Isolation,
  ): Promise<bigint | undefined>;
  /** Fetches from an offset on, waiting for the first record up to `maxWaitMs`. @throws DriverError */
  fetch(
    partition: TopicPartition,
    options: {
      readonly offset: bigint;
      readonly isolation: Isolation;
      /** A single larger batch is fetched nevertheless. */
      readonly maxBytes: number;
      readonly maxWaitMs: number;
    },
  ): Promise<FetchedChunk>;
  /** Closes the connections for good; a fetch under way rejects. */
  close(): void;
}
