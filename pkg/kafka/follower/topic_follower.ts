import { setTimeout as wait } from 'node:timers/promises';
import { missingRightOf } from '../security/missing_right.js';
import { FollowedPartition, type FollowedPartitionOptions } from './followed_partition.js';

export interface TopicFollowerOptions extends Pick<
  FollowedPartitionOptions,
  'topic' | 'read' | 'handle' | 'logger' | 'pauseMs'
> {
  /** How many partitions a topic has now. */
  countPartitions: (topic: string) => Promise<number>;
  /** Milliseconds within which partitions that are added to the topic are found. Default 30,000. */
  lookEveryMs?: number;
}

/** How far a topic has been read. */
export interface FollowerStatus {
  readonly topic: string;
  /** False until it has been read to where it ended at the start, and while a partition is new or read again. */
  readonly caughtUp: boolean;
  /** Where it cannot be read on, as `topic[partition]@offset`; undefined while it is read. */
  readonly stuckAt: string | undefined;
  /** Why it cannot be read on there; undefined while it is read. */
  readonly reason: string | undefined;
}

const LOOK_EVERY_MS = 30_000;

/** Reads all partitions of a topic from their beginning, for as long as the program runs. */
export class TopicFollower {
  private readonly stopping = new AbortController();
  /** By their number. */
  private readonly partitions: FollowedPartition[] = [];
  private readonly running: Promise<void>[] = [];
  private caughtUp = false;

  constructor(private readonly options: TopicFollowerOptions) {}

  /**
   * Resolves when everything has been handled that was in the topic at the call.
   * @throws what `countPartitions` throws; what happens later is overcome, and shown by {@link status}
   */
  async start(): Promise<void> {
    const found = await this.followNew();
    await Promise.all(found.map((partition) => partition.caughtUp()));
    this.caughtUp = true;
    this.running.push(this.lookForPartitions());
  }

  status(): FollowerStatus {
    const stuck = this.partitions.find((partition) => partition.stuck !== undefined)?.stuck;
    const caughtUp = this.caughtUp && this.partitions.every(({ isCaughtUp }) => isCaughtUp);
    return { topic: this.options.topic, caughtUp, stuckAt: stuck?.at, reason: stuck?.reason };
  }

  /** Resolves when the handler is at rest; it is not called again. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  private async followNew(): Promise<FollowedPartition[]> {
    const { topic, countPartitions } = this.options;
    const found: FollowedPartition[] = [];
    const count = await countPartitions(topic);
    for (let partition = this.partitions.length; partition < count; partition += 1) {
      found.push(new FollowedPartition({ ...this.options, partition, signal: this.stopping.signal }));
    }
    this.partitions.push(...found);
    this.running.push(...found.map((partition) => partition.run()));
    return found;
  }

  private async lookForPartitions(): Promise<void> {
    const { topic, logger } = this.options;
    while (await this.pause()) {
      try {
        await this.followNew();
      } catch (error) {
        // Those that are read say it then.
        if (missingRightOf(error) !== undefined) continue;
        logger.warn('the partitions of a topic could not be looked up', { topic, error });
      }
    }
  }

  /** @returns false when it was stopped meanwhile */
  private async pause(): Promise<boolean> {
    const { signal } = this.stopping;
    await wait(this.options.lookEveryMs ?? LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(
      () => undefined,
    );
    return !signal.aborted;
  }
}
