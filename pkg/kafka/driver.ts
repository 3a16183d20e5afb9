import type { Duplex } from 'node:stream';

/**
 * The port between this package and a Kafka client. Everything above it (coalescing, offset tracking,
 * retry, supervision) is written once; a second client needs only this interface.
 */
export interface KafkaDriver {
  /** Bootstrap addresses, `host:port` each. */
  readonly brokers: readonly string[];
  producer(): DriverProducer;
  consumer(options: DriverConsumerOptions, listener: DriverConsumerListener): DriverConsumer;
  readonly admin: DriverAdmin;
  /**
   * Resolves when one broker answered a metadata request within `timeoutMs`.
   * @throws DriverError with the reason of the last attempt.
   */
  ping(timeoutMs: number): Promise<void>;
}

/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A position in a partition: the offset of the next message to read. */
export interface PartitionPosition extends TopicPartition {
  readonly offset: bigint;
}

/** Header values as stored: an array where a name occurs more than once. */
export type HeaderMap = Record<string, Buffer | Buffer[]>;

/** A record as it is stored, apart from its place. `timestamp` is milliseconds since the epoch. */
export interface DriverRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: HeaderMap;
  readonly timestamp: number;
}

/** A record that was read. Its buffers may be slices of a larger response: copy what outlives the batch. */
export interface FetchedRecord extends TopicPartition, DriverRecord {
  /** Decimal text. */
  readonly offset: string;
  /** Who set the timestamp: the producer, or the broker when it stored the record. */
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
}

/** Records for one partition, in the order in which they are to be stored. */
export interface PartitionBatch extends TopicPartition {
  readonly records: readonly DriverRecord[];
}

/** The broker stored a {@link PartitionBatch}: its records have the offsets from `baseOffset` on. */
export interface PartitionAck extends TopicPartition {
  readonly baseOffset: bigint;
}

/** An idempotent producer with acknowledgement by all in-sync replicas. */
export interface DriverProducer {
  connect(): Promise<void>;
  /**
   * Stores the batches. At most one call may be in flight. The answer names every partition that was
   * acknowledged, which a client may get wrong: a batch without an ack is not known to be stored.
   * After a rejection the producer must be discarded, unless the one batch of the call was `refused`.
   * @throws DriverError; parts of the call may be stored nevertheless.
   */
  send(batches: readonly PartitionBatch[]): Promise<PartitionAck[]>;
  /** Closes the connections; a `send` in flight rejects. Never rejects itself. */
  disconnect(): Promise<void>;
}

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
  /** A new assignment; it replaces the former one. Fetching starts at the committed positions. */
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
  /** Nothing below `nextOffset` is left to read: control records and aborted transactions. */
  onSkipped(partition: TopicPartition, nextOffset: bigint): void;
}

/** Consecutive records of one partition, at least one. Offsets may have gaps (compaction, transaction markers). */
export interface FetchedBatch extends TopicPartition {
  /** The offset of each record, decimal text. */
  readonly offsets: readonly string[];
  recordAt(index: number): FetchedRecord;
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
   * Joins the group; resolves after the first assignment.
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

/** A topic to be created. */
export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Topic configuration, e.g. `{ 'cleanup.policy': 'compact' }`. */
  readonly configs?: Readonly<Record<string, string>>;
}

/** First and next offset of a partition. */
export interface PartitionOffsets {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

/** Cluster operations. Every call opens and closes its own connection, so there is nothing to close. */
export interface DriverAdmin {
  /** Creates a topic and waits for its leaders. False when it exists already. */
  createTopic(spec: TopicSpec): Promise<boolean>;
  /** Number of partitions. @throws DriverError `unknown-topic`. */
  partitionCount(topic: string): Promise<number>;
  deleteTopic(topic: string): Promise<void>;
  topicOffsets(topic: string): Promise<PartitionOffsets[]>;
  /** Committed positions; partitions without a commit are left out. */
  groupOffsets(groupId: string, topics: readonly string[]): Promise<PartitionPosition[]>;
}

/** Opens the byte stream to a broker; `onConnect` must be called once it can be written to. */
export type SocketFactory = (address: { host: string; port: number; onConnect: () => void }) => Duplex;

/**
 * - `unreachable`: no broker could be connected to
 * - `unknown-topic`: a topic of the call does not exist
 * - `refused`: the broker looked at the request and refused it for good
 * - `rebalancing`, `membership-lost`: the group goes on without this generation
 * - `failed`: anything else; what the call did is not known
 */
export type DriverErrorReason =
  'unreachable' | 'unknown-topic' | 'refused' | 'rebalancing' | 'membership-lost' | 'failed';

/** A client's error in neutral terms; `cause` is the original. */
export class DriverError extends Error {
  override readonly name = 'DriverError';

  constructor(
    readonly reason: DriverErrorReason,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly protocolError?: string | undefined;
      readonly topic?: string;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.protocolError = options.protocolError;
    this.topic = options.topic;
  }

  /** The protocol's name for it, e.g. `MESSAGE_TOO_LARGE`, where the broker sent one. */
  readonly protocolError: string | undefined;
  /** The topic at fault, where one is known. */
  readonly topic: string | undefined;
}
