import type { DriverError } from './errors.js';
import type { PartitionPosition, ReadRecord, TopicPartition } from './records.js';

/** Settings of one group member. Times are milliseconds. */
export interface DriverConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly { readonly topic: string; readonly fromBeginning: boolean }[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
}

/** What a group member reports. None of the methods may throw or reject. */
export interface DriverConsumerListener {
  /**
   * A new assignment; it replaces the former one. Fetching starts at the committed positions, where there is none at
   * the start that the options say.
   */
  onAssigned(partitions: readonly TopicPartition[]): void;
  /**
   * The member is about to join the group anew: the last moment in which a commit under the old assignment
   * can succeed. Joining waits for the promise, which must settle well within the session timeout.
   */
  onRejoining(): Promise<void>;
  /** The assignment ends: nothing may be resolved or committed under it any more. */
  onRevoked(): void;
  /** The member is dead and has left the group; a new one is needed. */
  onCrashed(error: DriverError): void;
  /** A broker answered a fetch: the member is alive. */
  onFetched(): void;
  /** Records of one partition. Never called twice at once for the same partition. */
  onBatch(batch: FetchedBatch): Promise<void>;
  /** A fetch brought nothing that counts: control records, or records of aborted transactions. */
  onSkipped(skipped: SkippedRange): void;
  /** Why a partition cannot be read: damaged records, or a missing right; undefined once it can be again. */
  onUnreadable(partition: TopicPartition, reason: string | undefined): void;
}

/** Offsets of one partition that hold nothing to be handled. */
export interface SkippedRange extends TopicPartition {
  /** The offset that was asked for. */
  readonly from: bigint;
  /** The offset after them. */
  readonly nextOffset: bigint;
}

/** The offsets of some records, ascending. They may have gaps (compaction, transaction markers). */
export interface Offsets {
  readonly length: number;
  /** Decimal text; undefined where there is none. */
  at(index: number): string | undefined;
}

/** Consecutive records of one partition, at least one. */
export interface FetchedBatch extends TopicPartition {
  readonly offsets: Offsets;
  /** Makes the record, which pins the response in which it came. */
  recordAt(index: number): ReadRecord;
  /** About the bytes of all records together. */
  readonly bytes: number;
  /** The offset that was asked for: that after the batch before, unless the broker's log no longer has it. */
  readonly from: bigint;
  /** The offset after the batch, control records included. */
  readonly nextOffset: bigint;
  /** The offset that the next record of the partition will get, as of this fetch. */
  readonly highWatermark: bigint;
  /** Fetching goes on after the whole batch. */
  resolve(): void;
  /**
   * Keeps the membership alive; calls closer together than the heartbeat interval are free.
   * @throws DriverError `rebalancing` or `membership-lost`; the client finds out by itself soon after.
   */
  heartbeat(): Promise<void>;
}

/** A member of a group. */
export interface DriverConsumer {
  /**
   * Joins the group; resolves after the first assignment. Where a topic is not read from its beginning, what is sent
   * from then on is delivered: where each partition starts was committed before.
   * @throws DriverError, also when it takes longer than `timeoutMs`. The member must then be stopped.
   */
  start(timeoutMs: number): Promise<void>;
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Commits under the current generation of the group; the broker refuses it under an older one. */
  commit(positions: readonly PartitionPosition[]): Promise<void>;
  /** Leaves the group and closes the connections. Never rejects. */
  stop(): Promise<void>;
}
