import { type BatchHeader, type TimestampedOffset } from './record_batch.js';

/** Where a partition's batches are kept. Offsets are absolute; a batch is never split. */
export interface LogStore {
  /** The lowest offset still kept. */
  readonly startOffset: bigint;
  /** The offset that the next record will get. */
  readonly endOffset: bigint;
  readonly sizeInBytes: number;
  /**
   * Keeps a batch that was given its place; `header.baseOffset` is `endOffset`.
   * @throws StorageError when it is not kept; the store is then what it was before
   */
  append(batch: Buffer, header: BatchHeader): void;
  /**
   * Whole batches from the one that holds `offset` on, or from the first after it where there is a gap, until
   * `maxBytes` are reached; a buffer may hold several. The first batch is given even when it is larger, or a
   * consumer could never get past it.
   * @throws StorageError when they cannot be read
   */
  read(offset: bigint, maxBytes: number): Buffer[];
  /** The first record at or after `timestamp` (milliseconds), or null when there is none. @throws StorageError */
  findTimestamp(timestamp: bigint): TimestampedOffset | null;
  /** Forgets what lies before `offset`, for good. @throws StorageError when that cannot be written down */
  deleteBefore(offset: bigint): void;
  /** Removes what the topic's settings no longer keep at the time `now` (milliseconds). @throws StorageError */
  expire(now: number): void;
  close(): void;
}
