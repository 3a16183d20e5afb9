import { type BatchHeader, type TimestampedOffset } from './record_batch.js';

/** Where a partition's batches are kept. Offsets are absolute; a batch is never split. */
export interface LogStore {
  /** The lowest offset still kept. */
  readonly startOffset: bigint;
  /** The offset that the next record will get. */
  readonly endOffset: bigint;
  readonly sizeInBytes: number;
  /** Keeps a batch that was given its place; `header.baseOffset` is `endOffset`. */
  append(batch: Buffer, header: BatchHeader): void;
  /**
   * Whole batches from the one that holds `offset` on, until `maxBytes` are reached. The first batch is
   * given even when it is larger, or a consumer could never get past it.
   */
  read(offset: bigint, maxBytes: number): Buffer[];
  /** The first record at or after `timestamp` (milliseconds), or null when there is none. */
  findTimestamp(timestamp: bigint): TimestampedOffset | null;
  /** Forgets what lies before `offset`. */
  deleteBefore(offset: bigint): void;
  close(): void;
}
