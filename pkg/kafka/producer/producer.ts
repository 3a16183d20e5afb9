import { asError, settlesWithin } from '../async.js';
import { DriverError, type KafkaDriver } from '../driver.js';
import { BrokerUnreachable, InvalidMessage, KafkaClosed, MessageTooLarge, QueueFull } from '../errors.js';
import type { Logger } from '../../logger/index.js';
import { silentLogger } from '../silent_logger.js';
import type { OutgoingMessage, PublishReceipt } from '../message.js';
import { partitionForKey } from '../partitioner.js';
import { Delivery } from './delivery.js';
import { encode, type EncodedMessage } from './encode.js';
import { Lane } from './lane.js';
import { withDefaults, type ProducerOptions } from './options.js';
import type { Pending, Settle } from './pending.js';
import { TopicDirectory } from './topic_directory.js';

interface Accepted extends Settle {
  readonly message: OutgoingMessage;
  readonly encoded: EncodedMessage;
}

/**
 * Sends messages: acknowledged by all in-sync replicas, idempotent, in order per partition, and gathered
 * into few requests. A promise resolves after the acknowledgement and tells the place of the message.
 */
export class Producer {
  readonly #options: Required<ProducerOptions>;
  readonly #driver: KafkaDriver;
  readonly #topics: TopicDirectory;
  readonly #delivery: Delivery;
  readonly #lane: Lane;
  readonly #outstanding = new Set<Promise<unknown>>();
  /** Messages whose topic is being looked up, in order. */
  readonly #gates = new Map<string, Accepted[]>();
  #bufferedBytes = 0;
  #closing: Promise<void> | undefined;

  constructor(driver: KafkaDriver, options: ProducerOptions & { readonly logger?: Logger } = {}) {
    const logger = options.logger ?? silentLogger;
    this.#options = withDefaults(options);
    this.#driver = driver;
    this.#topics = new TopicDirectory({ admin: driver.admin, brokers: driver.brokers, logger });
    this.#delivery = new Delivery({
      driver,
      logger,
      timeoutMs: this.#options.deliveryTimeoutMs,
      onUnknownTopic: (topic) => {
        this.#topics.forget(topic);
      },
    });
    this.#lane = new Lane(this.#delivery, this.#options);
  }

  /** Connects now instead of with the first message. @throws BrokerUnreachable, DriverError, KafkaClosed */
  async connect(): Promise<void> {
    if (this.#closing !== undefined) throw new KafkaClosed('The producer');
    try {
      await this.#delivery.connect();
    } catch (error) {
      if (error instanceof DriverError && error.reason === 'unreachable') {
        throw new BrokerUnreachable(this.#driver.brokers, error.message, error);
      }
      throw error;
    }
  }

  /**
   * Sends one message. Messages of one partition are stored in the order of the calls.
   *
   * @throws InvalidMessage, MessageTooLarge, UnknownTopic, QueueFull, KafkaClosed, PublishNotSent,
   *   PublishRefused: the message is not stored. BrokerUnreachable: no broker answered, it was not sent.
   *   PublishOutcomeUnknown: it was sent, and may or may not be stored.
   */
  async send(message: OutgoingMessage): Promise<PublishReceipt> {
    if (this.#closing !== undefined) throw new KafkaClosed('The producer');
    const encoded = encode(message, Date.now());
    this.#checkRoom(message.topic, encoded.size);
    this.#bufferedBytes += encoded.size;
    const stored = new Promise<PublishReceipt>((resolve, reject) => {
      this.#accept({ message, encoded, resolve, reject });
    });
    this.#outstanding.add(stored);
    try {
      return await stored;
    } finally {
      this.#outstanding.delete(stored);
      this.#bufferedBytes -= encoded.size;
    }
  }

  /** Sends many messages, in order; each has its own result, in the order given. Never rejects. */
  sendMany(messages: readonly OutgoingMessage[]): Promise<PromiseSettledResult<PublishReceipt>[]> {
    return Promise.allSettled(messages.map((message) => this.send(message)));
  }

  /** Resolves when everything that was accepted before the call is settled. */
  async flush(): Promise<void> {
    await Promise.allSettled([...this.#outstanding]);
  }

  /**
   * Refuses new messages, gives those accepted `closeTimeoutMs`, and disconnects. Messages that are then
   * left reject. Calls after the first share its promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const flushed = await settlesWithin(this.flush(), this.#options.closeTimeoutMs);
    if (!flushed) {
      const why = 'the producer was closed';
      for (const topic of this.#gates.keys()) this.#openGate(topic, new KafkaClosed('The producer'));
      this.#lane.rejectWaiting(why);
    }
    await this.#delivery.close();
  }

  #checkRoom(topic: string, size: number): void {
    const { maxMessageBytes, maxBufferedMessages, maxBufferedBytes } = this.#options;
    if (size > maxMessageBytes) throw new MessageTooLarge(topic, size, maxMessageBytes);
    if (this.#outstanding.size >= maxBufferedMessages || this.#bufferedBytes + size > maxBufferedBytes) {
      throw new QueueFull(this.#outstanding.size, this.#bufferedBytes);
    }
  }

  #accept(accepted: Accepted): void {
    const { topic } = accepted.message;
    const gate = this.#gates.get(topic);
    if (gate !== undefined) {
      gate.push(accepted);
      return;
    }
    const partitions = this.#topics.partitions(topic);
    if (partitions !== undefined) {
      this.#enqueue(accepted, partitions);
      return;
    }
    this.#gates.set(topic, [accepted]);
    this.#topics.lookup(topic).then(
      (found) => {
        this.#openGate(topic, found);
      },
      (error: unknown) => {
        this.#openGate(topic, asError(error));
      },
    );
  }

  #openGate(topic: string, result: number | Error): void {
    const waiting = this.#gates.get(topic) ?? [];
    this.#gates.delete(topic);
    for (const accepted of waiting) {
      if (typeof result === 'number') this.#enqueue(accepted, result);
      else accepted.reject(result);
    }
  }

  #enqueue({ message, encoded, resolve, reject }: Accepted, partitions: number): void {
    const { topic, partition } = message;
    if (partition !== undefined && partition >= partitions) {
      reject(new InvalidMessage(topic, `partition ${partition} does not exist, the topic has ${partitions}`));
      return;
    }
    const { record, size } = encoded;
    const byKey = record.key === null ? undefined : partitionForKey(record.key, partitions);
    const pending: Pending = {
      topic,
      partition: partition ?? byKey,
      partitions,
      record,
      size,
      acceptedAt: Date.now(),
      resolve,
      reject,
    };
    this.#lane.enqueue(pending);
  }
}
