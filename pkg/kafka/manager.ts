import type { ConsumerStatus } from './consumer/consumer_status.js';
import type { ConsumerEventListener } from './consumer/events.js';
import { GroupConsumer } from './consumer/group_consumer.js';
import { healthOf, type KafkaHealth } from './consumer/health.js';
import { withDefaults, type GroupOptions, type SubscriptionOptions } from './consumer/options.js';
import { startGroups } from './consumer/start_groups.js';
import { DriverError, type KafkaDriver } from './driver.js';
import { ConsumerDisabled, KafkaClosed, ProducerDisabled, UnknownConsumer } from './errors.js';
import type { FailureDetails } from './failures/dead_letter_headers.js';
import type { FailureTopics } from './failures/provisioning.js';
import type { Logger } from '../logger/index.js';
import { silentLogger } from './silent_logger.js';
import type { Bytes, MessageHandler, OutgoingMessage, PublishReceipt } from './message.js';
import type { ProducerOptions } from './producer/options.js';
import { Producer, type PublishOptions } from './producer/producer.js';
import type { ProducerStatus } from './producer/status.js';
import { unreachable } from './unreachable.js';

/** Settings of a {@link KafkaManager}. */
export interface KafkaManagerOptions {
  readonly logger?: Logger;
  /** Default true. */
  readonly producerEnabled?: boolean;
  /** Default true. */
  readonly consumerEnabled?: boolean;
  readonly producer?: ProducerOptions;
  /** Applied to every group. */
  readonly consumer?: GroupOptions;
  /** What dead letters say beside the message. */
  readonly deadLetters?: FailureDetails;
  /** Told what happens in all groups of this instance: for metrics and alarms. Costs nothing when left out. */
  readonly onEvent?: ConsumerEventListener;
}

/** A snapshot of this instance; others in the same groups are not seen. */
export interface KafkaStatus {
  readonly producerEnabled: boolean;
  readonly consumerEnabled: boolean;
  /** Registered handlers: one per topic and group. */
  readonly consumerCount: number;
  readonly brokers: readonly string[];
  readonly scope: 'instance';
  readonly producer: ProducerStatus;
  readonly consumers: readonly ConsumerStatus[];
}

/** What a call is about when not all that reads the topic is meant. */
export interface ConsumerTarget {
  readonly partition?: number;
  readonly groupId?: string;
}

/** What {@link KafkaManager.sendMessage} takes besides key and value. */
export type SendOptions = Pick<OutgoingMessage, 'headers' | 'timestamp' | 'partition'> & PublishOptions;

/**
 * The producer and the consumers of one process, with switches for both sides. All methods may be called
 * at any time and at once; no call holds up another longer than its own work takes.
 */
export class KafkaManager {
  readonly #driver: KafkaDriver;
  readonly #options: KafkaManagerOptions;
  readonly #logger: Logger;
  readonly #producer: Producer;
  readonly #groups = new Map<string, GroupConsumer>();
  /** Groups that were asked to run; they do while the consumer side is enabled. */
  readonly #wanted = new Set<GroupConsumer>();
  #producerEnabled: boolean;
  #consumerEnabled: boolean;
  #closing: Promise<void> | undefined;

  /** @throws InvalidOption */
  constructor(driver: KafkaDriver, options: KafkaManagerOptions = {}) {
    // Said now, and not when the first group is made.
    withDefaults(options.consumer ?? {});
    this.#driver = driver;
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#producer = new Producer(driver, { ...options.producer, logger: this.#logger });
    this.#producerEnabled = options.producerEnabled ?? true;
    this.#consumerEnabled = options.consumerEnabled ?? true;
  }

  /**
   * Sends one message; resolves when all in-sync replicas have it.
   * @throws ProducerDisabled, and what {@link Producer.send} throws
   */
  async sendMessage(
    topic: string,
    key: Bytes | null,
    value: Bytes | null,
    options: SendOptions = {},
  ): Promise<PublishReceipt> {
    return this.#enabledProducer().send({ ...options, topic, key, value }, options);
  }

  /**
   * Sends many messages; each has its own result. They go out together.
   * @throws ProducerDisabled
   */
  async sendMessages(messages: readonly OutgoingMessage[]): Promise<PromiseSettledResult<PublishReceipt>[]> {
    return this.#enabledProducer().sendMany(messages);
  }

  /**
   * Registers a handler for a topic in a group. Several groups may read a topic; each gets all messages.
   * @throws DuplicateConsumer, GroupSubscriptionMismatch when the group runs already, InvalidFailureTopic,
   *   InvalidOption, KafkaClosed
   */
  addConsumer(topic: string, groupId: string, handler: MessageHandler, options?: SubscriptionOptions): void {
    this.#assertOpen();
    const known = this.#groups.get(groupId);
    const group = known ?? this.#createGroup(groupId);
    group.subscribe(topic, handler, options);
    this.#groups.set(groupId, group);
  }

  /** The dead-letter and retry topics that the registered groups need, by the topic that they need them for. */
  failureTopics(): FailureTopics[] {
    return [...this.#groups.values()].flatMap((group) => group.failureTopics());
  }

  /**
   * Starts the group that reads the topic, with all its topics; without `groupId` every such group.
   * Resolves when the groups are joined.
   *
   * @throws ConsumerDisabled, UnknownConsumer, UnknownTopic, FailureTopicsMissing, RightMissing, TopicNotCreated,
   *   GroupJoinFailed, StartAborted when it is stopped meanwhile, KafkaClosed
   */
  async startConsumer(topic: string, groupId?: string): Promise<void> {
    this.#assertOpen();
    if (!this.#consumerEnabled) throw new ConsumerDisabled();
    await this.#start(this.#groupsOf(topic, groupId));
  }

  /**
   * Stops the group that reads the topic, with all its topics; without `groupId` every such group. Running
   * handlers end, positions are committed, and the group is left.
   *
   * @throws UnknownConsumer
   */
  async stopConsumer(topic: string, groupId?: string): Promise<void> {
    const groups = this.#groupsOf(topic, groupId);
    for (const group of groups) this.#wanted.delete(group);
    await Promise.all(groups.map((group) => group.stop()));
  }

  /**
   * Begins no further message of the topic and its retry topics, or of one partition, in every group or in
   * one; messages that run end, and the groups keep their members. Holds through rebalances and restarts.
   *
   * @throws UnknownConsumer
   */
  pause(topic: string, { partition, groupId }: ConsumerTarget = {}): void {
    for (const group of this.#groupsOf(topic, groupId)) group.pause(topic, partition);
  }

  /**
   * Takes {@link pause} back; also lets groups go on that had paused because too many messages failed.
   * @throws UnknownConsumer
   */
  resume(topic: string, { partition, groupId }: ConsumerTarget = {}): void {
    for (const group of this.#groupsOf(topic, groupId)) group.resume(topic, partition);
  }

  /**
   * Starts every registered group; when the consumer side is disabled it only says so in the log, and they
   * start once it is enabled.
   * @throws UnknownTopic, FailureTopicsMissing, RightMissing, TopicNotCreated, GroupJoinFailed, KafkaClosed
   */
  async startAllConsumers(): Promise<void> {
    this.#assertOpen();
    if (!this.#consumerEnabled) {
      for (const group of this.#groups.values()) this.#wanted.add(group);
      this.#logger.warn('the Kafka consumers are disabled; they start when they are enabled');
      return;
    }
    await this.#start([...this.#groups.values()]);
  }

  enableProducer(): void {
    this.#assertOpen();
    this.#producerEnabled = true;
  }

  /** Refuses new messages at once; resolves when those accepted before are settled. */
  async disableProducer(): Promise<void> {
    this.#producerEnabled = false;
    await this.#producer.flush();
  }

  isProducerEnabled(): boolean {
    return this.#producerEnabled;
  }

  /**
   * Starts the groups that ran when the consumer side was disabled, or that were to start meanwhile. Those that
   * cannot be started at once go on being tried, with growing pauses: the switch stays on.
   * @throws UnknownTopic, FailureTopicsMissing, TopicNotCreated, GroupJoinFailed when one of them was not
   *   started at once, StartAborted when it is disabled meanwhile, KafkaClosed
   */
  async enableConsumer(): Promise<void> {
    this.#assertOpen();
    this.#consumerEnabled = true;
    await startGroups([...this.#wanted], { keepTrying: true });
  }

  /** Drains and commits all groups and leaves them; others take over their partitions. */
  async disableConsumer(): Promise<void> {
    this.#consumerEnabled = false;
    await this.#stopAll();
  }

  isConsumerEnabled(): boolean {
    return this.#consumerEnabled;
  }

  getStatus(): KafkaStatus {
    const consumers = [...this.#groups.values()].map((group) => group.status());
    return {
      producerEnabled: this.#producerEnabled,
      consumerEnabled: this.#consumerEnabled,
      consumerCount: consumers.reduce((count, { topics }) => count + topics.length, 0),
      brokers: this.#driver.brokers,
      scope: 'instance',
      producer: this.#producer.status(),
      consumers,
    };
  }

  /**
   * Whether every group that should run does, no partition stopped, dead letters can be written, and no
   * group paused because too many messages failed.
   */
  health(): KafkaHealth {
    const groups = this.#consumerEnabled ? [...this.#wanted].map((group) => group.status()) : [];
    return healthOf(groups);
  }

  /** Resolves when a broker answers. @throws BrokerUnreachable, AccessDenied */
  async ping({ timeoutMs = 5_000 }: { timeoutMs?: number } = {}): Promise<void> {
    try {
      await this.#driver.ping(timeoutMs);
    } catch (error) {
      if (error instanceof DriverError) throw unreachable(this.#driver.brokers, error);
      throw error;
    }
  }

  /**
   * Stops the consumers, then flushes and closes the producer, which handlers may have needed until then.
   * Calls after the first share its promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#wanted.clear();
    await this.#stopAll();
    await this.#producer.close();
  }

  #enabledProducer(): Producer {
    if (!this.#producerEnabled) throw new ProducerDisabled();
    return this.#producer;
  }

  #createGroup(groupId: string): GroupConsumer {
    const { consumer, onEvent, deadLetters } = this.#options;
    return new GroupConsumer(this.#driver, groupId, {
      ...consumer,
      logger: this.#logger,
      ...(onEvent === undefined ? {} : { onEvent }),
      ...(deadLetters === undefined ? {} : { deadLetters }),
    });
  }

  #groupsOf(topic: string, groupId: string | undefined): GroupConsumer[] {
    const groups = [...this.#groups.values()].filter(
      (group) => (groupId === undefined || group.groupId === groupId) && group.reads(topic),
    );
    if (groups.length === 0) throw new UnknownConsumer(topic, groupId);
    return groups;
  }

  async #start(groups: readonly GroupConsumer[]): Promise<void> {
    for (const group of groups) this.#wanted.add(group);
    await startGroups(groups);
  }

  async #stopAll(): Promise<void> {
    await Promise.all([...this.#groups.values()].map((group) => group.stop()));
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new KafkaClosed('The Kafka manager');
  }
}
