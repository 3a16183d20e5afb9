import { setTimeout } from 'node:timers/promises';
import { asError, settlesWithin } from '../async.js';
import { DriverError, type KafkaDriver } from '../driver.js';
import { AccessDenied, InvalidMessage, KafkaClosed, MessageTooLarge, PublishNotSent } from '../errors.js';
import { unreachable } from '../unreachable.js';
import { LinkedList } from '../linked_list.js';
import type { Logger } from '../../logger/index.js';
import { silentLogger } from '../silent_logger.js';
import type { OutgoingMessage, PublishReceipt } from '../message.js';
import { partitionForKey, StickyPartitions } from '../partitioner.js';
import { Dispatcher } from './dispatcher.js';
import { encode } from './encode.js';
import { Lanes } from './lanes.js';
import { compressionOf, withDefaults, type ProducerOptions } from './options.js';
import { Outstanding } from './outstanding.js';
import { Pending } from './pending.js';
import { SendBuffer } from './send_buffer.js';
import type { ProducerStatus } from './status.js';
import { TopicDirectory } from './topic_directory.js';

/** Settings of one {@link Producer.send}. */
export interface PublishOptions {
  /** Aborted before the message is in a request: it is never sent. */
  readonly signal?: AbortSignal | undefined;
  /** Told each time that a request did not get the message acknowledged, and why. It is tried again then. */
  readonly onRetry?: ((reason: Error) => void) | undefined;
}

const CONNECT_RETRY_MS = 200;

/**
 * Sends messages: acknowledged by all in-sync replicas, idempotent, in order per partition, and gathered
 * into few requests. A promise resolves after the acknowledgement and tells the place of the message.
 */
export class Producer {
  readonly #options: Required<ProducerOptions>;
  readonly #driver: KafkaDriver;
  readonly #topics: TopicDirectory;
  readonly #lanes: Lanes;
  readonly #dispatcher: Dispatcher;
  readonly #buffer: SendBuffer;
  readonly #outstanding = new Outstanding();
  readonly #sticky = new StickyPartitions();
  /** Messages whose topic is being looked up, in order. */
  readonly #gates = new Map<string, LinkedList<Pending>>();
  #closing: Promise<void> | undefined;

  /** @throws InvalidOption */
  constructor(driver: KafkaDriver, options: ProducerOptions & { readonly logger?: Logger } = {}) {
    this.#options = withDefaults(options);
    this.#driver = driver;
    this.#lanes = new Lanes(driver);
    this.#topics = new TopicDirectory({
      describe: (topics, timeoutMs) => this.#lanes.first.producer.describe(topics, timeoutMs),
      brokers: driver.brokers,
      logger: options.logger ?? silentLogger,
      // Also what waits for its topic is to have its outcome in time.
      maxBlockMs: Math.min(this.#options.maxBlockMs, this.#options.deliveryTimeoutMs),
      onChange: () => {
        this.#dispatcher.schedule();
      },
    });
    this.#dispatcher = new Dispatcher({
      settings: {
        ...this.#options,
        compressionOf: (topic) => compressionOf(this.#options.compression, topic),
        onFlush: () => {
          this.#sticky.restart();
        },
      },
      topics: this.#topics,
      lanes: this.#lanes,
    });
    this.#buffer = new SendBuffer(this.#options, (pending) => {
      this.#accept(pending);
    });
  }

  /** Connects now instead of with the first message, within `maxBlockMs`. @throws BrokerUnreachable, AccessDenied */
  async connect(): Promise<void> {
    const deadline = performance.now() + this.#options.maxBlockMs;
    for (;;) {
      if (this.#closing !== undefined) throw new KafkaClosed('The producer');
      try {
        await this.#lanes.first.producer.connect(Math.max(deadline - performance.now(), CONNECT_RETRY_MS));
        return;
      } catch (error) {
        if (!(error instanceof DriverError)) throw error;
        if (error.reason === 'refused') throw new AccessDenied(this.#driver.brokers, error.message);
        if (performance.now() + CONNECT_RETRY_MS > deadline) {
          throw unreachable(this.#driver.brokers, error);
        }
        await setTimeout(CONNECT_RETRY_MS);
      }
    }
  }

  /**
   * Sends one message. Messages of one partition are stored in the order of the calls. When the buffer is
   * full the call waits for room. Aborting the signal before the message is in a request takes it back:
   * it is not sent then, nor later; afterwards it has no effect.
   *
   * @throws InvalidMessage, MessageTooLarge, UnknownTopic, QueueFull, KafkaClosed, PublishNotSent,
   *   PublishRefused: the message is not stored. BrokerUnreachable, AccessDenied: no broker answered or let this
   *   client in, it was not sent.
   *   PublishOutcomeUnknown: it was sent, and may or may not be stored.
   */
  send(message: OutgoingMessage, options: PublishOptions = {}): Promise<PublishReceipt> {
    return new Promise((resolve, reject) => {
      const { topic, partition } = message;
      const { signal, onRetry } = options;
      if (this.#closing !== undefined) throw new KafkaClosed('The producer');
      if (signal?.aborted === true) throw new PublishNotSent(topic, 'the caller aborted it', signal.reason);
      const { record, size } = encode(message, Date.now());
      const { maxMessageBytes } = this.#options;
      if (size > maxMessageBytes) throw new MessageTooLarge(topic, size, maxMessageBytes);
      const pending = new Pending({
        topic,
        partition,
        record,
        size,
        signal,
        onRetry,
        resolve,
        reject,
        onSettled: this.#onSettled,
      });
      this.#outstanding.add(pending);
      this.#buffer.enter(pending);
    });
  }

  /** Sends many messages, in order; each has its own result, in the order given. Never rejects. */
  sendMany(
    messages: readonly OutgoingMessage[],
    options: PublishOptions = {},
  ): Promise<PromiseSettledResult<PublishReceipt>[]> {
    return Promise.allSettled(messages.map((message) => this.send(message, options)));
  }

  /** Which partitions wait for an acknowledgement, since when and why. */
  status(): ProducerStatus {
    return this.#dispatcher.status();
  }

  /** Resolves when every message that was handed to `send` before the call is settled. */
  async flush(): Promise<void> {
    await this.#outstanding.settled();
  }

  /**
   * Refuses new messages, gives those before it `closeTimeoutMs`, and disconnects. Messages that are then
   * left reject. Calls after the first share its promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await settlesWithin(this.flush(), this.#options.closeTimeoutMs);
    const closed = ({ topic }: Pending) => new PublishNotSent(topic, 'the producer was closed');
    this.#topics.close();
    this.#buffer.rejectWaiting(closed);
    for (const topic of this.#gates.keys()) this.#openGate(topic, new KafkaClosed('The producer'));
    this.#dispatcher.stop(closed);
    await this.#lanes.disconnect();
    await this.#dispatcher.end(closed);
  }

  readonly #onSettled = (pending: Pending): void => {
    this.#outstanding.remove(pending);
    this.#buffer.leave(pending);
  };

  /** Hands a message that got its room to its partition, once its topic is known. */
  #accept(pending: Pending): void {
    const { topic } = pending;
    const gate = this.#gates.get(topic);
    if (gate !== undefined) {
      gate.add(pending);
      return;
    }
    const partitions = this.#topics.partitions(topic);
    if (partitions !== undefined) {
      this.#enqueue(pending, partitions);
      return;
    }
    const waiting = new LinkedList<Pending>();
    waiting.add(pending);
    this.#gates.set(topic, waiting);
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
    const gate = this.#gates.get(topic);
    let pending: Pending | undefined;
    // One that is rejected gives its room to another, which joins the end: so the gate stays until all are through.
    while ((pending = gate?.first) !== undefined) {
      gate?.remove(pending);
      if (typeof result === 'number') this.#enqueue(pending, result);
      else pending.reject(result);
    }
    this.#gates.delete(topic);
  }

  #enqueue(pending: Pending, partitions: number): void {
    const { topic, partition, record } = pending;
    if (partition !== undefined && partition >= partitions) {
      pending.reject(
        new InvalidMessage(topic, `partition ${partition} does not exist, the topic has ${partitions}`),
      );
      return;
    }
    const byKey = record.key === null ? undefined : partitionForKey(record.key, partitions);
    this.#dispatcher.add(pending, partition ?? byKey ?? this.#anyPartition(topic, partitions));
  }

  /** Messages without a key go to one partition per flush, and to none that is known to be in trouble. */
  #anyPartition(topic: string, partitions: number): number {
    return this.#sticky.choose(topic, partitions, (partition) => this.#dispatcher.isUsable(topic, partition));
  }
}
