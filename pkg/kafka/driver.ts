import type { Duplex } from 'node:stream';
import type { Compression } from './codecs/codec.js';

/**
 * The port between this package and a Kafka client. Everything above it (coalescing, offset tracking,
 * retry, supervision) is written once; a second client needs only this interface.
 */
export interface KafkaDriver {
  /** Bootstrap addresses, `host:port` each. */
  readonly brokers: readonly string[];
  producer(): DriverProducer;
  consumer(options: DriverConsumerOptions, listener: DriverConsumerListener): DriverConsumer;
  reader(): DriverReader;
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

/** A record as it is read. Its buffers may be slices of a larger response: copy what is kept. */
export interface ReadRecord extends TopicPartition, DriverRecord {
  /** Decimal text. */
  readonly offset: string;
  /** Who set the timestamp: the producer, or the broker when it stored the record. */
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
}

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
  /** Makes ready for the first `send`, which does so itself otherwise. @throws DriverError */
  connect(): Promise<void>;
  /** Asks where the partitions are. @throws DriverError `unreachable` when no node answers */
  describe(topics: readonly string[]): Promise<TopicLeaders[]>;
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

/** Which records of transactions are read: `committed` leaves out those of aborted and open ones. */
export type Isolation = 'committed' | 'uncommitted';

/** A batch as it stands in a partition, its records not yet unpacked. */
export interface StoredBatch {
  readonly baseOffset: bigint;
  /** The offset of the last record that the batch ever had: compaction may have taken it since. */
  readonly lastOffset: bigint;
  readonly producerId: bigint;
  readonly transactional: boolean;
  /** A batch of markers that end transactions; it has no records of anybody. */
  readonly control: boolean;
  /** Of a control batch: whether its marker aborts the transaction. */
  readonly aborts: boolean;
  /** Unpacks the records. @throws Error when they are damaged, or compressed by an unknown codec */
  records(): Promise<Iterable<ReadRecord>>;
}

/** What a fetch brought. The first batch may begin before the offset that was asked for. */
export interface FetchedChunk {
  readonly batches: Iterable<StoredBatch>;
  /** Aborted transactions that may have records in these batches. Nothing is filtered yet. */
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  /** The offset up to which the partition can be read at this isolation. */
  readonly endOffset: bigint;
}

/** Reads partitions without a group. It retries nothing by itself. */
export interface DriverReader {
  /**
   * Where to begin: the first or next offset of a partition, or the first record from a time on (in ms
   * since the epoch; undefined when there is none).
   * @throws DriverError
   */
  offsetAt(
    partition: TopicPartition,
    at: 'earliest' | 'latest' | number,
    isolation: Isolation,
  ): Promise<bigint | undefined>;
  /** Fetches from an offset on, waiting for the first record up to `maxWaitMs`. @throws DriverError */
  fetch(
    partition: TopicPartition,
    options: {
      readonly offset: bigint;
      readonly isolation: Isolation;
      /** A single larger batch is fetched nevertheless. */
      readonly maxBytes: number;
      readonly maxWaitMs: number;
    },
  ): Promise<FetchedChunk>;
  /** Closes the connections for good; a fetch under way rejects. */
  close(): void;
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

/** A topic as it is. */
export interface TopicShape {
  readonly topic: string;
  /** In order of their numbers. */
  readonly partitions: readonly {
    readonly partition: number;
    /** The id of the node that leads it; undefined while there is none. */
    readonly leader: number | undefined;
    /** Ids of the nodes that hold it, and of those that are up to date. */
    readonly replicas: readonly number[];
    readonly inSync: readonly number[];
  }[];
}

/** One setting of a topic. */
export interface TopicConfig {
  readonly name: string;
  /** Null where the broker does not tell. */
  readonly value: string | null;
  /** Set for this topic itself, instead of coming from the broker. */
  readonly own: boolean;
}

/** A consumer group, as its coordinator sees it. */
export interface GroupShape {
  readonly groupId: string;
  /** The protocol's name, for example `Stable`, `Empty`, `PreparingRebalance`, or `Dead` for none. */
  readonly state: string;
  readonly members: readonly {
    readonly memberId: string;
    readonly clientId: string;
    readonly clientHost: string;
    readonly partitions: readonly TopicPartition[];
  }[];
}

/** Cluster operations. Every call opens and closes its own connection, so there is nothing to close. */
export interface DriverAdmin {
  /** Creates a topic and waits for its leaders. False when it exists already. */
  createTopic(spec: TopicSpec): Promise<boolean>;
  /** Number of partitions. @throws DriverError `unknown-topic`. */
  partitionCount(topic: string): Promise<number>;
  /** Adds partitions, up to `total`. */
  addPartitions(topic: string, total: number): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
  /** The names of all topics, internal ones included. */
  listTopics(): Promise<string[]>;
  /** @throws DriverError `unknown-topic` */
  describeTopic(topic: string): Promise<TopicShape>;
  topicConfigs(topic: string): Promise<TopicConfig[]>;
  /** Changes these settings and no others; null goes back to what the broker has. */
  alterTopicConfigs(topic: string, changes: Readonly<Record<string, string | null>>): Promise<void>;
  topicOffsets(topic: string): Promise<PartitionOffsets[]>;
  /** Per partition the first record from a time on (ms since the epoch), or the end where there is none. */
  offsetsAt(topic: string, time: number): Promise<PartitionPosition[]>;
  /** Deletes the records before these positions. */
  deleteRecords(positions: readonly PartitionPosition[]): Promise<void>;
  listGroups(): Promise<string[]>;
  describeGroup(groupId: string): Promise<GroupShape>;
  deleteGroup(groupId: string): Promise<void>;
  /** Committed positions, of all topics or of some; partitions without a commit are left out. */
  groupOffsets(groupId: string, topics?: readonly string[]): Promise<PartitionPosition[]>;
  /**
   * Commits positions for a group that has no members.
   * @throws DriverError `membership-lost` or `rebalancing` when it has some
   */
  commitGroupOffsets(groupId: string, positions: readonly PartitionPosition[]): Promise<void>;
}

/** Opens the byte stream to a broker; `onConnect` must be called once it can be written to. */
export type SocketFactory = (address: { host: string; port: number; onConnect: () => void }) => Duplex;

/**
 * - `unreachable`: no broker could be connected to, or none lets this client in
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
      readonly denied?: boolean;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.protocolError = options.protocolError;
    this.topic = options.topic;
    this.denied = options.denied ?? false;
  }

  /** The protocol's name for it, e.g. `MESSAGE_TOO_LARGE`, where the broker sent one. */
  readonly protocolError: string | undefined;
  /** The topic at fault, where one is known. */
  readonly topic: string | undefined;
  /** With `unreachable`: a broker was there, but it or this client did not accept the other. */
  readonly denied: boolean;
}
