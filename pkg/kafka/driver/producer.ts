import type { Compression } from '../codecs/codec.js';
import type { DriverError } from './errors.js';
import type { DriverRecord, TopicPartition } from './records.js';

/** Records for one partition, in the order in which they are to be stored. */
export interface PartitionBatch extends TopicPartition {
  readonly records: readonly DriverRecord[];
  /** Applied when the records are larger than 1 KiB. */
  readonly compression: Compression;
}

/**
 * What became of a {@link PartitionBatch}:
 * - `stored`: its records have the offsets from `baseOffset` on; -1 where the broker only knows that it
 *   has them already
 * - `refused`: it is not stored, and never will be as it is
 * - `retry`: it is not stored, but may be when it is sent again
 * - `unknown`: it may or may not be stored. Sending the very same batch again is safe; before anything else
 *   is sent to its partition, {@link DriverProducer.renounce} must be called
 * - `stale`: the broker lost track of this producer. This call stored nothing; `renounce` must be called
 */
export type PartitionOutcome =
  | { readonly kind: 'stored'; readonly baseOffset: bigint }
  | { readonly kind: 'refused' | 'retry' | 'unknown' | 'stale'; readonly error: DriverError };

/** The partitions of a topic: the id of the node that leads each, undefined while it has none. */
export interface TopicLeaders {
  readonly topic: string;
  /** By partition; empty when `error` is set. */
  readonly leaders: readonly (number | undefined)[];
  /** `unknown-topic`, `refused` or `failed` (which may pass). */
  readonly error?: DriverError;
}

/** An idempotent producer with acknowledgement by all in-sync replicas. It retries nothing by itself. */
export interface DriverProducer {
  /**
   * Makes ready for the first `send`, which does so itself otherwise.
   * @throws DriverError, `unreachable` when no node answers within so many milliseconds
   */
  connect(timeoutMs: number): Promise<void>;
  /**
   * Asks where the partitions are.
   * @throws DriverError `unreachable` when no node answers, within `timeoutMs` or as long as a driver thinks fit
   */
  describe(topics: readonly string[], timeoutMs?: number): Promise<TopicLeaders[]>;
  /**
   * Sends batches to the node that leads their partitions, in one request. One call may be in flight per
   * node, and one batch per partition. Never rejects.
   * @returns the outcomes, in the order of the batches
   */
  send(node: number, batches: readonly PartitionBatch[]): Promise<PartitionOutcome[]>;
  /** Gives up the batch of this partition whose outcome is unknown; later ones cannot be mistaken for it. */
  renounce(partition: TopicPartition): void;
  /** Closes the connections for good; the outcome of a `send` in flight is then unknown. Never rejects. */
  disconnect(): Promise<void>;
}
