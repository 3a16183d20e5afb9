import { DriverError, type KafkaDriver, type PartitionOffsets, type TopicSpec } from './driver.js';
import { BrokerUnreachable, TopicNotCreated, UnknownTopic } from './errors.js';

/** What {@link KafkaAdmin.ensureTopics} found or did. */
export interface EnsuredTopic {
  readonly topic: string;
  /** False when it was there already; its configuration was then left alone. */
  readonly created: boolean;
  readonly partitions: number;
}

/** A committed position of a group. `offset` is decimal text: the next message to be read. */
export interface GroupOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** The ends of a partition as decimal text: the first offset, and the one that the next message will get. */
export interface TopicOffset {
  readonly partition: number;
  readonly low: string;
  readonly high: string;
}

/** Topics and offsets. Every call uses a connection of its own. */
export class KafkaAdmin {
  constructor(private readonly driver: KafkaDriver) {}

  /**
   * Creates the topics that are missing and waits until each of their partitions has a leader. Existing
   * topics are left as they are, and reported.
   *
   * @throws TopicNotCreated, BrokerUnreachable
   */
  async ensureTopics(specs: readonly TopicSpec[]): Promise<EnsuredTopic[]> {
    const ensured: EnsuredTopic[] = [];
    for (const spec of specs) ensured.push(await this.#ensure(spec));
    return ensured;
  }

  /** First and next offset of each partition. @throws UnknownTopic, BrokerUnreachable */
  async topicOffsets(topic: string): Promise<TopicOffset[]> {
    const offsets = await this.#about(topic, () => this.driver.admin.topicOffsets(topic));
    return offsets.map(toTopicOffset);
  }

  /** Committed positions of a group; partitions without one are left out. @throws BrokerUnreachable */
  async groupOffsets(groupId: string, topics: readonly string[]): Promise<GroupOffset[]> {
    const positions = await this.#about(topics.join(', '), () =>
      this.driver.admin.groupOffsets(groupId, topics),
    );
    return positions.map(({ topic, partition, offset }) => ({ topic, partition, offset: offset.toString() }));
  }

  /** Deletes a topic with all its messages. @throws UnknownTopic, BrokerUnreachable */
  async deleteTopic(topic: string): Promise<void> {
    await this.#about(topic, () => this.driver.admin.deleteTopic(topic));
  }

  async #ensure(spec: TopicSpec): Promise<EnsuredTopic> {
    const { topic } = spec;
    try {
      const created = await this.driver.admin.createTopic(spec);
      const partitions = created ? spec.partitions : await this.driver.admin.partitionCount(topic);
      return { topic, created, partitions };
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      if (error.reason === 'unreachable') throw this.#unreachable(error);
      throw new TopicNotCreated(topic, error.message, error);
    }
  }

  async #about<T>(topic: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      if (error.reason === 'unreachable') throw this.#unreachable(error);
      if (error.reason === 'unknown-topic') throw new UnknownTopic(topic, error);
      throw error;
    }
  }

  #unreachable(error: DriverError): BrokerUnreachable {
    return new BrokerUnreachable(this.driver.brokers, error.message, error);
  }
}

function toTopicOffset({ partition, low, high }: PartitionOffsets): TopicOffset {
  return { partition, low: low.toString(), high: high.toString() };
}
