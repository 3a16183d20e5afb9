import { randomUUID } from 'node:crypto';
import { BrokerError } from './errors.js';
import { PartitionLog } from './log/partition_log.js';
import { logSettings } from './log/settings.js';
import { type LogRequest, type Storage, type StoredTopic } from './log/storage.js';
import { StorageError } from './log/storage_error.js';
import { ErrorCode } from './wire/errors.js';

/** More partitions than this in one topic are surely a slip on a development broker. */
const MAX_PARTITIONS = 10_000;

/** A topic: its partitions and the settings it was created with. */
export interface Topic {
  readonly name: string;
  /** A random UUID; a topic that is deleted and made again has another. */
  readonly id: string;
  readonly partitions: readonly PartitionLog[];
  /** Settings that differ from the broker's defaults. */
  readonly configs: ReadonlyMap<string, string>;
}

/** The same, as only this file may change it. */
interface OwnTopic extends Topic {
  partitions: PartitionLog[];
  configs: ReadonlyMap<string, string>;
}

/** The topics of a broker. A change is written down before it shows; when that fails, nothing has changed. */
export class Topics {
  private readonly topics = new Map<string, OwnTopic>();
  private closed = false;

  /** Opens the topics that the storage knows. @throws StorageError */
  constructor(
    private readonly storage: Storage,
    private readonly onProblem: (message: string, error?: unknown) => void,
  ) {
    for (const { name, id, partitions, configs } of storage.topics) {
      const topic: OwnTopic = { name, id, partitions: [], configs: new Map(Object.entries(configs)) };
      topic.partitions = this.openPartitions(topic, partitions);
      this.topics.set(name, topic);
    }
  }

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
   * @throws BrokerError when the name or the number is no good, or the topic exists; StorageError
   */
  create(name: string, partitions: number, configs: ReadonlyMap<string, string> = new Map()): Topic {
    this.checkOpen();
    this.checkCreate(name, partitions);
    const topic: OwnTopic = { name, id: randomUUID(), partitions: [], configs };
    try {
      topic.partitions = this.openPartitions(topic, partitions);
      this.save([...this.all(), topic]);
    } catch (error) {
      this.discard(topic);
      throw error;
    }
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
    const other = this.all().find((topic) => metricName(topic.name) === metricName(name));
    if (other) {
      throw new BrokerError(
        ErrorCode.INVALID_TOPIC_EXCEPTION,
        `Topic name '${name}' differs from '${other.name}', which exists, in '.' and '_' alone.`,
      );
    }
    if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS) {
      throw new BrokerError(
        ErrorCode.INVALID_PARTITIONS,
        `A topic has 1 to ${MAX_PARTITIONS} partitions, not ${partitions}.`,
      );
    }
  }

  /**
   * Adds partitions to a topic until it has `total`; those it has stay as they are.
   * @throws BrokerError when it has that many already; StorageError
   */
  grow(topic: Topic, total: number): void {
    this.checkGrow(topic, total);
    const own = this.own(topic);
    const added = this.openPartitions(own, total);
    const partitions = [...own.partitions, ...added];
    try {
      this.save(this.all().map((t) => (t === own ? { ...t, partitions } : t)));
    } catch (error) {
      for (const partition of added) partition.close();
      throw error;
    }
    own.partitions = partitions;
  }

  /** What {@link grow} would throw, without adding anything. */
  checkGrow(topic: Topic, total: number): void {
    const has = topic.partitions.length;
    if (!Number.isInteger(total) || total <= has || total > MAX_PARTITIONS) {
      throw new BrokerError(
        ErrorCode.INVALID_PARTITIONS,
        `Topic '${topic.name}' has ${has} partitions and cannot get ${total}; ${MAX_PARTITIONS} are the most.`,
      );
    }
  }

  /** Replaces the settings of a topic, which must be sound; they count at once. @throws StorageError */
  configure(topic: Topic, configs: ReadonlyMap<string, string>): void {
    const own = this.own(topic);
    this.save(this.all().map((t) => (t === own ? { ...t, configs } : t)));
    own.configs = configs;
  }

  /** Forgets a topic with all its records. @returns whether there was one @throws StorageError */
  delete(name: string): boolean {
    this.checkOpen();
    const topic = this.topics.get(name);
    if (!topic) return false;
    this.save(this.all().filter((t) => t !== topic));
    this.topics.delete(name);
    this.discard(topic);
    return true;
  }

  /** Removes what the topics' settings no longer keep at the time `now` (milliseconds). */
  expire(now: number): void {
    for (const { name, partitions } of this.topics.values()) {
      try {
        for (const partition of partitions) partition.expire(now);
      } catch (error) {
        this.onProblem(`removing expired records of topic '${name}'`, error);
      }
    }
  }

  /** Closes all logs, and wakes who waits for more of them. Every change is refused from then on. */
  close(): void {
    this.closed = true;
    const topics = this.all();
    this.topics.clear();
    for (const { partitions } of topics) for (const partition of partitions) partition.close();
  }

  /** An empty list because of the end would be written down as the end of all topics. */
  private checkOpen(): void {
    if (this.closed) throw new StorageError('the broker stops');
  }

  private own({ name, id }: Topic): OwnTopic {
    this.checkOpen();
    const topic = this.topics.get(name);
    if (topic?.id === id) return topic;
    throw new BrokerError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `Topic '${name}' is gone.`);
  }

  /** The partitions that a topic lacks to have `total`. */
  private openPartitions(topic: OwnTopic, total: number): PartitionLog[] {
    const { name, id } = topic;
    const opened: PartitionLog[] = [];
    for (let index = topic.partitions.length; index < total; index++) {
      const settings = () => logSettings(topic.configs);
      const open = (history: Pick<LogRequest, 'visit' | 'producers'>) =>
        this.storage.openLog({ topic: { name, id }, partition: index, settings, ...history });
      opened.push(new PartitionLog(name, index, open));
    }
    return opened;
  }

  private save(topics: readonly Topic[]): void {
    const stored = topics.map(({ name, id, partitions, configs }): StoredTopic => ({
      name,
      id,
      partitions: partitions.length,
      configs: Object.fromEntries(configs),
    }));
    this.storage.saveTopics(stored);
  }

  /** Removes the records of a topic that is written down nowhere. */
  private discard(topic: Topic): void {
    for (const partition of topic.partitions) partition.close();
    try {
      this.storage.removeLogs(topic);
    } catch (error) {
      // Nobody sees them any more; the next start removes them.
      this.onProblem(`removing the records of topic '${topic.name}'`, error);
    }
  }
}

/** A topic's name in the names of Apache Kafka's metrics, which no two topics may share. */
function metricName(topic: string): string {
  return topic.replaceAll('.', '_');
}
