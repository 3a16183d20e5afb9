import { type BatchHeader, checkBatch, placeBatch, type TimestampedOffset } from './record_batch.js';
import { ProducerState } from './producer_state.js';
import { type LogRequest } from './storage.js';
import { type LogStore } from './store.js';

/** With one replica the leader never changes, and so its epoch does not. */
export const LEADER_EPOCH = 0;

type History = Pick<LogRequest, 'visit' | 'producers'>;

/**
 * One partition: the order of its batches, who wrote them, and who waits for more. With a single replica the
 * high watermark is the end of the log.
 */
export class PartitionLog {
  private readonly producers = new ProducerState();
  private readonly store: LogStore;
  private readonly watchers = new Set<() => void>();

  /** @param openStore opens the partition's store, which tells what it knows of earlier batches and keeps it */
  constructor(
    readonly topic: string,
    readonly partition: number,
    openStore: (history: History) => LogStore,
  ) {
    const visit = (header: BatchHeader) => {
      this.producers.record(header, header.baseOffset);
    };
    this.store = openStore({ visit, producers: this.producers });
  }

  get startOffset(): bigint {
    return this.store.startOffset;
  }

  /** The offset that the next record will get. */
  get endOffset(): bigint {
    return this.store.endOffset;
  }

  /**
   * Appends one batch and wakes those who wait. A repetition by an idempotent producer is not appended
   * again; it is answered with the offset of the first.
   * @param admit sees a sound batch before anything else is done with it, may change its times and says so by the
   * header that it returns
   * @returns the offset of the batch's first record
   * @throws InvalidBatch when the batch is unsound or out of its producer's order; what `admit` throws; StorageError when
   * the batch is not kept
   */
  append(batch: Buffer, admit = (header: BatchHeader) => header): bigint {
    const header = admit(checkBatch(batch));
    const repeated = this.producers.check(header);
    if (repeated !== null) return repeated;
    const baseOffset = this.store.endOffset;
    placeBatch(batch, baseOffset, LEADER_EPOCH);
    this.store.append(batch, { ...header, baseOffset });
    this.producers.record(header, baseOffset);
    this.wake();
    return baseOffset;
  }

  /** Whole batches from the one that holds `offset` on; see {@link LogStore.read}. */
  read(offset: bigint, maxBytes: number): Buffer[] {
    return offset >= this.endOffset ? [] : this.store.read(offset, maxBytes);
  }

  findTimestamp(timestamp: bigint): TimestampedOffset | null {
    return this.store.findTimestamp(timestamp);
  }

  /** Forgets the records before `offset`, which lies between the log's start and its end. */
  deleteBefore(offset: bigint): void {
    this.store.deleteBefore(offset);
    this.wake();
  }

  /** Removes what the topic's settings no longer keep at the time `now` (milliseconds). @throws StorageError */
  expire(now: number): void {
    this.producers.expire(now);
    this.store.expire(now);
  }

  /** Calls `watcher` whenever a read may have a new answer, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  close(): void {
    this.store.close();
    this.wake();
  }

  private wake(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
