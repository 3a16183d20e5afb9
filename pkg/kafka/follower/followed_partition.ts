import { asError, sleep } from '../async.js';
import { type Logger } from '../../logger/index.js';
import { type ReadRecord } from '../driver.js';
import { OffsetOutOfRange, UnknownPartition, UnknownTopic } from '../errors.js';
import { OnceAMinute } from '../once_a_minute.js';
import { type ReadPartition } from '../reader/partition_reader.js';
import { missingRightOf } from '../security/missing_right.js';

export interface FollowedPartitionOptions {
  topic: string;
  partition: number;
  read: ReadPartition;
  /** `live` is false for what was there before. */
  handle: (record: ReadRecord, live: boolean) => Promise<void>;
  signal: AbortSignal;
  logger: Pick<Logger, 'warn' | 'error'>;
  /** Milliseconds before it is tried again after a failure; doubling, up to thirty times as many. Default 500. */
  pauseMs?: number;
}

const FIRST_PAUSE_MS = 500;
const MOST_DOUBLED = 30;

/** After these, what stands where the reading was may be something else than it would have been. */
const REPLACED = [OffsetOutOfRange, UnknownTopic, UnknownPartition];

/**
 * Reads one partition in order until it is stopped, and past every failure from where it was; from the beginning,
 * once it was missing or had lost its end: what is written to it then has offsets that others had before.
 */
export class FollowedPartition {
  /** Where it cannot read on, and why; undefined while it reads. */
  stuck: { readonly at: string; readonly reason: string } | undefined;
  private readonly said = new OnceAMinute();
  private position: bigint | 'earliest' = 'earliest';
  /** Where the partition ended when its reading began; unknown until it could be read. */
  private end: bigint | undefined;
  private onCaughtUp: () => void = () => undefined;

  constructor(private readonly options: FollowedPartitionOptions) {}

  /** Resolves once everything has been handled that was there at first, or it is stopped. */
  caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      this.onCaughtUp = resolve;
      this.tellCaughtUp();
    });
  }

  /** Whether everything has been handled that was there when its reading began. */
  get isCaughtUp(): boolean {
    const { position, end } = this;
    return end !== undefined && position !== 'earliest' && position >= end;
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
        this.report(error);
        if (this.isReplaced(error)) this.beginAgain(error);
        if (this.position !== before) pauseMs = firstMs;
        await sleep(pauseMs, signal);
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
    const right = missingRightOf(error);
    const reason = right ?? asError(error).message;
    this.stuck = { at: `${topic}[${partition}]@${offset}`, reason };
    // Of a missing right the log says so already, once for all partitions.
    if (right === undefined && !this.isReplaced(error) && this.said.isNews(`${offset} ${reason}`)) {
      logger.warn('a view cannot read on', { topic, partition, offset, error });
    }
  }

  /** Of an error that the handler may throw of another topic this is not so. */
  private isReplaced(error: unknown): boolean {
    if (this.position === 'earliest') return false;
    return REPLACED.some((type) => error instanceof type && error.topic === this.options.topic);
  }

  private beginAgain(error: unknown): void {
    const { logger, topic, partition } = this.options;
    const offset = String(this.position);
    const what = 'a view reads a partition again from its beginning: where it was is there no more';
    logger.error(what, { topic, partition, offset, error });
    this.position = 'earliest';
    this.end = undefined;
  }

  private async readOn(): Promise<void> {
    const { topic, partition, read, handle, signal } = this.options;
    for await (const batch of read({ topic, partition, from: this.position, signal })) {
      this.end ??= batch.endOffset;
      for (const record of batch.records) {
        const offset = BigInt(record.offset);
        await handle(record, offset >= this.end);
        this.position = offset + 1n;
      }
      this.position = batch.nextOffset;
      this.stuck = undefined;
      this.tellCaughtUp();
    }
  }

  private tellCaughtUp(): void {
    // Once it is stopped, nobody is to wait for what will not come.
    if (this.isCaughtUp || this.isStopped()) this.onCaughtUp();
  }
}
