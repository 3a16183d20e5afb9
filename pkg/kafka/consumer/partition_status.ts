import type { TopicPartition } from '../driver.js';
import type { Hold } from './hold.js';
import type { PartitionWork } from './partition_work.js';

/** A snapshot of one assigned partition. Offsets are decimal text. */
export interface PartitionStatus extends TopicPartition {
  /** What the group has committed here; null before the first commit of this assignment. */
  readonly committed: string | null;
  /** The first message that is not finished; null before the first fetch of this assignment. */
  readonly position: string | null;
  /**
   * Messages from there to the end of the partition, as of the last fetch that brought any: a partition
   * that is paused is not fetched. Null before the first fetch of this assignment.
   */
  readonly lag: string | null;
  /** Messages that were read and are not finished. */
  readonly unfinished: number;
  /** Messages whose handler runs. */
  readonly running: number;
  /** Why no message is begun; empty while it goes on. */
  readonly holds: readonly Hold[];
  /** Why a dead letter cannot be written; null when that is not so. */
  readonly deadLetterError: string | null;
  /** Why it cannot be read: its records are damaged, or this client may not; null when that is not so. */
  readonly unreadable: string | null;
}

export function partitionStatus(work: PartitionWork): PartitionStatus {
  const { topic, partition, committed, highWatermark, tracker } = work;
  const position = tracker.committable;
  const lag = position === undefined || highWatermark === undefined ? undefined : highWatermark - position;
  return {
    topic,
    partition,
    committed: text(committed),
    position: text(position),
    lag: lag === undefined ? null : (lag < 0n ? 0n : lag).toString(),
    unfinished: work.unfinished,
    running: work.running,
    holds: [...work.holds],
    deadLetterError: work.deadLetterError?.message ?? null,
    unreadable: work.unreadable ?? null,
  };
}

function text(offset: bigint | undefined): string | null {
  return offset?.toString() ?? null;
}
