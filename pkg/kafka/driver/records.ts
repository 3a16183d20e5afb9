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
