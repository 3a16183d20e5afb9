import { asError, withTimeout } from '../async.js';
import { DriverError, type DriverProducer, type KafkaDriver, type PartitionAck } from '../driver.js';
import { KafkaClosed, PublishNotSent, PublishOutcomeUnknown, PublishRefused } from '../errors.js';
import type { Logger } from '../../logger/index.js';
import type { PendingPartition } from './pending.js';

/** Refusals that one record of a batch can cause; others concern the topic as a whole. */
const CAUSED_BY_A_RECORD = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
]);
/** How often batches that the client forgot are sent again. */
const MAX_ROUNDS = 3;

/**
 * Brings flushes to the broker and settles their messages. Holds the one client producer of a lane, and
 * makes a new one after a failure: the sequence numbers of the old one are no longer sure.
 */
export class Delivery {
  #producer: Promise<DriverProducer> | undefined;
  #closed = false;

  constructor(
    private readonly parts: {
      readonly driver: KafkaDriver;
      readonly logger: Logger;
      readonly timeoutMs: number;
      /** Called when the broker no longer knows the topic. */
      readonly onUnknownTopic: (topic: string) => void;
    },
  ) {}

  /** Connects ahead of the first message. @throws DriverError */
  async connect(): Promise<void> {
    await this.#connected();
  }

  /** Sends one flush. Every message of it is settled when the promise resolves; it never rejects. */
  async deliver(flush: readonly PendingPartition[]): Promise<void> {
    let producer: DriverProducer;
    try {
      producer = await this.#connected();
    } catch (error) {
      const { message } = asError(error);
      rejectAll(flush, ({ topic }) => new PublishNotSent(topic, message, error));
      return;
    }
    const failure = await this.#trySend(producer, flush);
    if (failure === undefined) return;
    if (flush.length === 1 && isRefusal(failure.error)) {
      await this.#settleRefused(failure.left, failure.error);
      return;
    }
    await this.#discard(producer);
    if (!isRefusal(failure.error)) {
      rejectAll(
        failure.left,
        ({ topic }) => new PublishOutcomeUnknown(topic, failure.error.message, failure.error),
      );
      return;
    }
    // One partition was refused, the client does not say which. Each is tried alone, once, so that only
    // the culprit fails; what the first call did store of the others is then stored twice.
    for (const part of failure.left) await this.deliver([part]);
  }

  /** Closes the client; a flush that is under way fails. */
  async close(): Promise<void> {
    this.#closed = true;
    const producer = this.#producer;
    this.#producer = undefined;
    // A client that never connected has nothing to close.
    const connected = await producer?.catch(() => undefined);
    await connected?.disconnect();
  }

  /** Sends, and resolves what was acknowledged. Returns what was not, with the reason. */
  async #trySend(
    producer: DriverProducer,
    flush: readonly PendingPartition[],
  ): Promise<{ left: readonly PendingPartition[]; error: DriverError } | undefined> {
    let left = flush;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      let acks: PartitionAck[];
      try {
        acks = await withTimeout(
          producer.send(left.map(toBatch)),
          this.parts.timeoutMs,
          () => new DriverError('failed', `no acknowledgement within ${this.parts.timeoutMs} ms`),
        );
      } catch (error) {
        return { left, error: asDriverError(error) };
      }
      left = left.filter((part) => !acknowledge(part, acks));
      if (left.length === 0) return undefined;
      // When a partition moves to a broker that has already answered, kafkajs leaves it out and reports
      // success. The idempotent producer makes sending it again safe.
      this.parts.logger.warn('the client skipped partitions of a flush; they are sent again', {
        partitions: left.map(({ topic, partition }) => `${topic}/${partition}`),
      });
    }
    return { left, error: new DriverError('failed', 'the client did not send it') };
  }

  /** A batch of one partition was refused as a whole: halve it until the messages at fault are found. */
  async #settleRefused(left: readonly PendingPartition[], error: DriverError): Promise<void> {
    for (const { topic, partition, items } of left) {
      if (error.reason === 'unknown-topic') this.parts.onUnknownTopic(topic);
      if (
        items.length > 1 &&
        error.protocolError !== undefined &&
        CAUSED_BY_A_RECORD.has(error.protocolError)
      ) {
        const half = Math.ceil(items.length / 2);
        await this.deliver([{ topic, partition, items: items.slice(0, half) }]);
        await this.deliver([{ topic, partition, items: items.slice(half) }]);
      } else {
        for (const item of items) item.reject(new PublishRefused(topic, error.message, error));
      }
    }
  }

  async #connected(): Promise<DriverProducer> {
    if (this.#closed) throw new KafkaClosed('The producer');
    this.#producer ??= this.#open();
    return this.#producer;
  }

  async #open(): Promise<DriverProducer> {
    const producer = this.parts.driver.producer();
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      this.#producer = undefined;
      throw error;
    }
  }

  async #discard(producer: DriverProducer): Promise<void> {
    this.#producer = undefined;
    await producer.disconnect();
  }
}

function toBatch({ topic, partition, items }: PendingPartition) {
  return { topic, partition, records: items.map(({ record }) => record) };
}

function acknowledge({ topic, partition, items }: PendingPartition, acks: readonly PartitionAck[]): boolean {
  const ack = acks.find((candidate) => candidate.topic === topic && candidate.partition === partition);
  if (ack === undefined) return false;
  let offset = ack.baseOffset;
  for (const item of items) {
    item.resolve({ topic, partition, offset: offset.toString() });
    offset += 1n;
  }
  return true;
}

function isRefusal({ reason }: DriverError): boolean {
  return reason === 'refused' || reason === 'unknown-topic';
}

function asDriverError(error: unknown): DriverError {
  return error instanceof DriverError
    ? error
    : new DriverError('failed', asError(error).message, { cause: error });
}

function rejectAll(parts: readonly PendingPartition[], toError: (part: PendingPartition) => Error): void {
  for (const part of parts) {
    const error = toError(part);
    for (const item of part.items) item.reject(error);
  }
}
