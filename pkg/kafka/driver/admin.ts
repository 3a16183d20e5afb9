import type { PartitionPosition, TopicPartition } from './records.js';

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
  /** The value that it has without the topic's own; null where the broker does not tell. */
  readonly inherited: string | null;
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
   * @throws DriverError `membership-lost` or `rebalancing` when it has some; `unknown-topic` with the topic, or
   *   `unknown-partition` with both, when the others of them were committed
   */
  commitGroupOffsets(groupId: string, positions: readonly PartitionPosition[]): Promise<void>;
}
