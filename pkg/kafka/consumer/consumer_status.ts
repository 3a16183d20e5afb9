import type { TopicPartition } from '../driver.js';
import type { StoppedPartition } from './events.js';
import type { PartitionStatus } from './partition_status.js';

/** `recovering`: the member crashed or could not join, and is being made anew, with growing pauses. */
export type ConsumerState = 'stopped' | 'starting' | 'running' | 'recovering' | 'stopping';

/** A snapshot of one group on this instance. */
export interface ConsumerStatus {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly state: ConsumerState;
  /** Why it is recovering; null when it is not. */
  readonly reason: string | null;
  readonly assigned: readonly TopicPartition[];
  readonly stoppedPartitions: readonly StoppedPartition[];
  readonly partitions: readonly PartitionStatus[];
  /** True while the consumer pauses because too many messages failed for good. */
  readonly flooded: boolean;
}
