import { asError, sleep } from '../async.js';
import { delayAfter } from '../consumer/backoff.js';
import { DriverError, type HeaderMap, type KafkaDriver } from '../driver.js';
import { InvalidMessage, MessageTooLarge, PublishRefused } from '../errors.js';
import type { Logger } from '../../logger/index.js';
import { Producer } from '../producer/producer.js';
import { DETAIL_LEVELS, type DetailLevel } from './dead_letter_headers.js';
import type { FailedMessage } from './failed_message.js';

const BACKOFF = { initialMs: 500, maxMs: 30_000, jitter: 0.2 };
/** A dead letter is larger than its message, which may be as large as its topic allows. */
const MAX_BYTES = 2_000_000;
const DELIVERY_TIMEOUT_MS = 15_000;
const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

/** A message to be set aside in another topic. */
export interface SetAside {
  readonly message: FailedMessage;
  readonly topic: string;
  readonly headers: (level: DetailLevel) => HeaderMap;
  /** The topic has not taken it yet; it is tried again after so many milliseconds. */
  readonly onFailure: (error: Error, delayMs: number) => void;
  /** Aborted when it is not to be tried again. */
  readonly signal: AbortSignal;
}

/**
 * Writes failed messages to other topics, by a producer of its own, which no switch and no crowded buffer
 * of the application's producer holds up. It is opened with the first message.
 */
export class DeadLetters {
  #producer: Producer | undefined;

  constructor(
    private readonly driver: KafkaDriver,
    private readonly logger: Logger,
  ) {}

  /**
   * Resolves with true when the brokers have acknowledged the message: it is tried as often as it takes,
   * with less and less about the error when the record is too large. With false when it was aborted
   * before; it may be stored nevertheless.
   */
  async write({ message, topic, headers, onFailure, signal }: SetAside): Promise<boolean> {
    const { key, value } = message.record;
    let level = 0;
    let partition: number | undefined = message.source.partition;
    for (let failures = 0; !signal.aborted;) {
      try {
        const detail = DETAIL_LEVELS[level] ?? 'class-only';
        await this.#open().send({ topic, key, value, headers: headers(detail), partition });
        return true;
      } catch (thrown) {
        if (isTooLarge(thrown) && level < DETAIL_LEVELS.length - 1) {
          level += 1;
          continue;
        }
        if (thrown instanceof InvalidMessage && partition !== undefined) {
          // The topic has fewer partitions than the one where the message comes from.
          partition = undefined;
          continue;
        }
        failures += 1;
        const delayMs = delayAfter(failures, BACKOFF);
        onFailure(asError(thrown), delayMs);
        await sleep(delayMs, signal);
      }
    }
    return false;
  }

  /** Ends the producer. A message whose writing goes on opens it again. */
  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.close();
  }

  #open(): Producer {
    this.#producer ??= new Producer(this.driver, {
      logger: this.logger,
      maxMessageBytes: MAX_BYTES,
      deliveryTimeoutMs: DELIVERY_TIMEOUT_MS,
    });
    return this.#producer;
  }
}

function isTooLarge(thrown: unknown): boolean {
  if (thrown instanceof MessageTooLarge) return true;
  if (!(thrown instanceof PublishRefused) || !(thrown.cause instanceof DriverError)) return false;
  return TOO_LARGE.includes(thrown.cause.protocolError ?? '');
}
