import { setTimeout as wait } from 'node:timers/promises';
import { type Logger, type ReceivedMessage } from '../../contracts.js';

/** Some messages of a partition. */
export interface PartitionBatch {
  messages: readonly ReceivedMessage[];
  /** Where reading goes on; beyond the last message where the log has gaps. Decimal text. */
  nextOffset: string;
}

export interface FollowedPartitionOptions {
  topic: string;
  partition: number;
  /** The first offset to read and the one at which the partition ended. Decimal text. */
  low: string;
  high: string;
  /** Yields what is there and what comes, until the signal is aborted; throws when it cannot go on. */
  read: (position: {
    topic: string;
    partition: number;
    from: string;
    signal: AbortSignal;
  }) => AsyncIterable<PartitionBatch>;
  /** `live` is false for what was there before. */
  handle: (message: ReceivedMessage, live: boolean) => Promise<void>;
  signal: AbortSignal;
  logger: Logger;
  /** Milliseconds before it is tried again after a failure; doubling, up to thirty times as many. Default 500. */
  pauseMs?: number;
}

const FIRST_PAUSE_MS = 500;
const MOST_DOUBLED = 30;

/** Reads one partition in order until it is stopped, and past every failure from where it was. */
export class FollowedPartition {
  /** Where it cannot read on; undefined while it reads. */
  stuckAt: string | undefined;
  private position: bigint;
  private readonly end: bigint;
  private onCaughtUp: () => void = () => undefined;

  constructor(private readonly options: FollowedPartitionOptions) {
    this.position = BigInt(options.low);
    this.end = BigInt(options.high);
  }

  /** Resolves once everything up to `high` has been handled. */
  caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      this.onCaughtUp = resolve;
      this.tellCaughtUp();
    });
  }

  /** Resolves when the signal is aborted. */
  async run(): Promise<void> {
    const { signal, pauseMs: firstMs = FIRST_PAUSE_MS } = this.options;
    let pauseMs = firstMs;
    while (!this.isStopped()) {
      const before = this.position;
      try {
        await this.readOn();
      } catch (error) {
        if (this.isStopped()) break;
        if (this.position > before) pauseMs = firstMs;
        this.report(error);
        await wait(pauseMs, undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(2 * pauseMs, MOST_DOUBLED * firstMs);
      }
    }
    this.tellCaughtUp();
  }

  private isStopped(): boolean {
    return this.options.signal.aborted;
  }

  private report(error: unknown): void {
    const { logger, topic, partition } = this.options;
    const offset = String(this.position);
    this.stuckAt = `${topic}[${partition}]@${offset}`;
    logger.warn('a view cannot read on', { topic, partition, offset, error });
  }

  private async readOn(): Promise<void> {
    const { topic, partition, read, handle, signal } = this.options;
    for await (const batch of read({ topic, partition, from: String(this.position), signal })) {
      for (const message of batch.messages) {
        await handle(message, BigInt(message.offset) >= this.end);
        this.advance(BigInt(message.offset) + 1n);
      }
      this.advance(BigInt(batch.nextOffset));
      this.stuckAt = undefined;
    }
  }

  private advance(position: bigint): void {
    if (position > this.position) this.position = position;
    this.tellCaughtUp();
  }

  private tellCaughtUp(): void {
    // Once it is stopped, nobody is to wait for what will not come.
    if (this.position >= this.end || this.isStopped()) this.onCaughtUp();
  }
}
