import type { PartitionPosition, TopicPartition } from '../driver.js';
import type { StoppedPartition } from './events.js';
import type { PartitionWork } from './partition_work.js';

/**
 * One generation of the group as seen by this member. Every rebalance makes a new one; what still runs
 * under an old one can no longer commit anything, since that asks the current one.
 */
export class Assignment {
  readonly #partitions = new Map<string, PartitionWork>();
  /** True when the membership was lost: others may own the partitions already. */
  lost = false;
  /** Messages finished since the last commit. */
  uncommittedMessages = 0;

  constructor(
    readonly topicPartitions: readonly TopicPartition[],
    private readonly create: (partition: TopicPartition) => PartitionWork | undefined,
  ) {
    for (const partition of topicPartitions) this.#put(partition);
  }

  get works(): Iterable<PartitionWork> {
    return this.#partitions.values();
  }

  get size(): number {
    return this.#partitions.size;
  }

  /** The work of a partition; undefined when it is not assigned. */
  get({ topic, partition }: TopicPartition): PartitionWork | undefined {
    return this.#partitions.get(keyOf({ topic, partition }));
  }

  /** Begins a partition anew: its log is not the one that was read so far. */
  restart(work: PartitionWork): PartitionWork | undefined {
    work.drop();
    return this.#put(work);
  }

  /** How far each partition is, where something of it was read. */
  positions(): PartitionPosition[] {
    return this.#positions(() => true);
  }

  /** Positions that moved since they were committed. */
  dirty(): PartitionPosition[] {
    return this.#positions(({ tracker, committed }) => tracker.committable !== committed);
  }

  /** Notes what the broker has taken. */
  markCommitted(positions: readonly PartitionPosition[]): void {
    for (const position of positions) {
      const work = this.get(position);
      if (work !== undefined) work.committed = position.offset;
    }
  }

  /** The partitions that stopped for good. */
  stopped(): StoppedPartition[] {
    return [...this.works].map(({ stopped }) => stopped).filter((stopped) => stopped !== undefined);
  }

  /** The assignment is over. */
  drop(): void {
    for (const work of this.works) work.drop();
  }

  #positions(included: (work: PartitionWork) => boolean): PartitionPosition[] {
    const positions: PartitionPosition[] = [];
    for (const work of this.works) {
      const { topic, partition, tracker } = work;
      const offset = tracker.committable;
      if (offset !== undefined && included(work)) positions.push({ topic, partition, offset });
    }
    return positions;
  }

  #put(partition: TopicPartition): PartitionWork | undefined {
    const work = this.create(partition);
    if (work !== undefined) this.#partitions.set(keyOf(partition), work);
    return work;
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
