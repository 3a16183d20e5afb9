import {
  OffsetOutOfRange,
  type ReadOptions,
  type ReadPartition,
  type ReadRecord,
} from '../../../../../pkg/kafka/index.js';

/** A topic in memory that can be read as the followers do, and made to fail. */
export class FakeTopic {
  private readonly partitions: ReadRecord[][] = [];
  private readonly waiting = new Set<() => void>();
  /** Partitions that cannot be read. */
  private readonly down = new Set<number>();
  /** What reading those fails with. */
  failure = new Error('no leader');
  /** From where it was read, one entry for each time. */
  readonly reads: string[] = [];

  constructor(
    readonly topic: string,
    partitions: number,
  ) {
    this.grow(partitions);
  }

  /** Adds partitions until there are so many. */
  grow(partitions: number): void {
    while (this.partitions.length < partitions) this.partitions.push([]);
  }

  /** Appends; the offset counts from 0. */
  add(partition: number, value: unknown): void {
    const log = this.partitions[partition] ?? [];
    log.push({
      topic: this.topic,
      partition,
      offset: String(log.length),
      key: null,
      value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
      headers: {},
      timestamp: 0,
      timestampType: 'CreateTime',
    });
    for (const wake of this.waiting) wake();
  }

  /** Deletes the topic and makes it again, empty. */
  makeAgain(): void {
    for (const log of this.partitions) log.length = 0;
    for (const wake of this.waiting) wake();
  }

  /** Every read of the partition fails, also one that waits, until it is up again. */
  takeDown(partition: number): void {
    this.down.add(partition);
    for (const wake of this.waiting) wake();
  }

  bringUp(partition: number): void {
    this.down.delete(partition);
  }

  readonly countPartitions = async () => this.partitions.length;

  readonly read: ReadPartition = (request) => this.batches(request);

  private async *batches({ partition, from, signal }: ReadOptions) {
    this.reads.push(`${partition}@${String(from)}`);
    const log = this.partitions[partition] ?? [];
    let position = from === 'earliest' ? 0 : Number(from);
    const batch = (records: ReadRecord[]) => ({
      records,
      nextOffset: BigInt(position),
      endOffset: BigInt(log.length),
    });
    const check = (): void => {
      if (this.down.has(partition)) throw this.failure;
      if (position > log.length) throw new OffsetOutOfRange(this.topic, partition, BigInt(position));
    };
    check();
    yield batch([]);
    while (signal?.aborted !== true) {
      check();
      // One at a time, so that a batch ends between any two messages.
      const records = log.slice(position, position + 1);
      if (records.length === 0) {
        await this.change(signal);
        continue;
      }
      position += 1;
      yield batch(records);
    }
  }

  private change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }
}
