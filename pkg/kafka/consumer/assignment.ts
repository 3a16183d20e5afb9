import type { DriverError, PartitionPosition, TopicPartition } from '../driver.js';
import { OffsetTracker } from './offset_tracker.js';

/** A partition that stopped because a message kept failing. Nothing from `offset` on was committed. */
export interface StoppedPartition extends TopicPartition {
  /** Decimal text. */
  readonly offset: string;
  /** The key as text, shortened; null when the message has none. */
  readonly key: string | null;
  readonly attempts: number;
  /** The last error's message. */
  readonly cause: string;
  /** ISO 8601. */
  readonly since: string;
}

/** Why a partition is not fetched: a retry is due later, or it stopped for good. */
export type Hold =
  | { readonly kind: 'retry'; readonly timer: NodeJS.Timeout }
  | { readonly kind: 'stopped'; readonly failure: StoppedPartition };

/** What one assignment knows of one of its partitions. */
export interface PartitionState extends TopicPartition {
  readonly tracker: OffsetTracker;
  committed: bigint | undefined;
  /** Failures of the message at the head, by offset. */
  failures: { readonly offset: bigint; readonly count: number } | undefined;
  hold: Hold | undefined;
}

/**
 * One generation of the group as seen by this member. Every rebalance makes a new one; what still runs
 * under an old one can no longer resolve or commit anything, since that asks the current one.
 */
export class Assignment {
  readonly #partitions = new Map<string, PartitionState>();
  /** Set when the membership is known to end: why nothing new is begun. */
  ended: DriverError | undefined;
  /** Handlers finished since the last commit. */
  uncommittedMessages = 0;

  constructor(readonly topicPartitions: readonly TopicPartition[]) {
    for (const { topic, partition } of topicPartitions) {
      this.#partitions.set(keyOf(topic, partition), {
        topic,
        partition,
        tracker: new OffsetTracker(),
        committed: undefined,
        failures: undefined,
        hold: undefined,
      });
    }
  }

  /** The state of a partition; undefined when it is not assigned. */
  get(topic: string, partition: number): PartitionState | undefined {
    return this.#partitions.get(keyOf(topic, partition));
  }

  /** Positions that moved since they were committed. */
  dirty(): PartitionPosition[] {
    const positions: PartitionPosition[] = [];
    for (const { topic, partition, tracker, committed } of this.#partitions.values()) {
      const offset = tracker.committable;
      if (offset !== undefined && offset !== committed) positions.push({ topic, partition, offset });
    }
    return positions;
  }

  /** Notes what the broker has taken. */
  markCommitted(positions: readonly PartitionPosition[]): void {
    for (const { topic, partition, offset } of positions) {
      const state = this.get(topic, partition);
      if (state !== undefined) state.committed = offset;
    }
  }

  /** The partitions that stopped for good. */
  stopped(): StoppedPartition[] {
    const failures: StoppedPartition[] = [];
    for (const { hold } of this.#partitions.values()) {
      if (hold?.kind === 'stopped') failures.push(hold.failure);
    }
    return failures;
  }

  /** Cancels what is due later. */
  clearTimers(): void {
    for (const { hold } of this.#partitions.values()) {
      if (hold?.kind === 'retry') clearTimeout(hold.timer);
    }
  }
}

function keyOf(topic: string, partition: number): string {
  return `${partition}/${topic}`;
}
