import { randomUUID } from 'node:crypto';
import { BrokerError } from './errors.js';
import { PartitionLog } from './log/partition_log.js';
import { type BatchHeader } from './log/record_batch.js';
import { type LogStore } from './log/store.js';
import { ErrorCode } from './wire/errors.js';

/** More partitions than this in one topic are surely a slip on a development broker. */
const MAX_PARTITIONS = 10_000;

/** A topic: its partitions and the settings it was created with. */
export interface Topic {
  name: string;
  /** A random UUID; a topic that is deleted and made again has another. */
  id: string;
  partitions: PartitionLog[];
  /** Settings that differ from the broker's defaults. */
  configs: Map<string, string>;
}

/** Opens the store of a partition and tells `visit` each batch that is already there. */
export type OpenStore = (topic: Topic, partition: number, visit: (header: BatchHeader) => void) => LogStore;

/** The topics of a broker. */
export class Topics {
  private readonly topics = new Map<string, Topic>();

  constructor(private readonly openStore: OpenStore) {}

  get(name: string): Topic | undefined {
    return this.topics.get(name);
  }

  all(): Topic[] {
    return [...this.topics.values()];
  }

  partition(topic: string, partition: number): PartitionLog | undefined {
    return this.topics.get(topic)?.partitions[partition];
  }

  /**
   * Creates a topic.
   * @throws BrokerError when the name or the number is no good, or the topic exists
   */
  create(name: string, partitions: number, configs = new Map<string, string>()): Topic {
    this.checkCreate(name, partitions);
    const topic: Topic = { name, id: randomUUID(), partitions: [], configs };
    this.addPartitions(topic, partitions);
    this.topics.set(name, topic);
    return topic;
  }

  /** Creates the topics that are not there yet. @throws BrokerError for the first that cannot be */
  createMissing(wanted: Readonly<Record<string, number>>): void {
    for (const [name, partitions] of Object.entries(wanted)) {
      if (!this.topics.has(name)) this.create(name, partitions);
    }
  }

  /** What {@link create} would throw, without creating anything. */
  checkCreate(name: string, partitions: number): void {
    if (this.topics.has(name)) {
      throw new BrokerError(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`);
    }
    // Apache Kafka's rule for topic names.
    if (!/^[a-zA-Z0-9._-]{1,249}$/.test(name) || name === '.' || name === '..') {
      throw new BrokerError(
        ErrorCode.INVALID_TOPIC_EXCEPTION,
        `Topic name '${name}' is not 1 to 249 letters, digits, '.', '_' or '-'.`,
      );
    }
    if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS) {
      throw new BrokerError(
        ErrorCode.INVALID_PARTITIONS,
        `A topic has 1 to ${MAX_PARTITIONS} partitions, not ${partitions}.`,
      );
    }
  }

  /** Adds partitions to a topic until it has `total`. @throws BrokerError when it has that many already */
  grow(topic: Topic, total: number): void {
    this.checkGrow(topic, total);
    this.addPartitions(topic, total);
  }

  /** What {@link grow} would throw, without adding anything. */
  checkGrow(topic: Topic, total: number): void {
    const has = topic.partitions.length;
    if (total <= has || total > MAX_PARTITIONS) {
      throw new BrokerError(
        ErrorCode.INVALID_PARTITIONS,
        `Topic '${topic.name}' has ${has} partitions and cannot get ${total}; ${MAX_PARTITIONS} are the most.`,
      );
    }
  }

  /** Replaces the settings of a topic, which must be sound. */
  configure(topic: Topic, configs: ReadonlyMap<string, string>): void {
    const changed = [...configs];
    topic.configs.clear();
    for (const [name, value] of changed) topic.configs.set(name, value);
  }

  /** Forgets a topic with all its records. @returns whether there was one */
  delete(name: string): boolean {
    const topic = this.topics.get(name);
    this.topics.delete(name);
    for (const partition of topic?.partitions ?? []) partition.close();
    return topic !== undefined;
  }

  close(): void {
    for (const name of [...this.topics.keys()]) this.delete(name);
  }

  private addPartitions(topic: Topic, total: number): void {
    while (topic.partitions.length < total) {
      const index = topic.partitions.length;
      topic.partitions.push(
        new PartitionLog(topic.name, index, (visit) => this.openStore(topic, index, visit)),
      );
    }
  }
}
