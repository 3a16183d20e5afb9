import { asError, sleep, unlessAborted } from '../async.js';
import { delayAfter } from '../consumer/backoff.js';
import { DriverError, type HeaderMap, type KafkaDriver } from '../driver.js';
import { InvalidMessage, PublishRefused } from '../errors.js';
import type { Logger } from '../../logger/index.js';
import type { OutgoingMessage } from '../message.js';
import { Producer } from '../producer/producer.js';
import { DETAIL_LEVELS, type DetailLevel } from './dead_letter_headers.js';
import { DeadLetterTooLarge } from './errors.js';
import type { FailedMessage } from './failed_message.js';

const BACKOFF = { initialMs: 500, maxMs: 30_000, jitter: 0.2 };
/** What the brokers have not acknowledged in so many milliseconds is reported, and again after as many. */
const REPORT_MS = 15_000;
const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

/** A message to be set aside in another topic. */
export interface SetAside {
  readonly message: FailedMessage;
  readonly topic: string;
  readonly headers: (level: DetailLevel) => HeaderMap;
  /** The topic has not taken it yet; it is tried again after so many milliseconds, 0 when that goes on already. */
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
   *
   * @throws DeadLetterTooLarge when the topic does not take it even with the least about the error; what
   *   `headers` throws
   */
  async write(letter: SetAside): Promise<boolean> {
    const { topic, message } = letter;
    for (const detail of DETAIL_LEVELS) {
      const outcome = await this.#deliver(letter.headers(detail), letter);
      if (outcome !== 'too large') return outcome === 'written';
    }
    const { key, value } = message.record;
    throw new DeadLetterTooLarge(topic, (key?.length ?? 0) + (value?.length ?? 0));
  }

  /** Ends the producer. A message whose writing goes on opens it again. */
  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.close();
  }

  async #deliver(headers: HeaderMap, letter: SetAside): Promise<'written' | 'given up' | 'too large'> {
    const { topic, message, onFailure, signal } = letter;
    const { key, value } = message.record;
    const report = (error: Error, delayMs: number) => {
      // The partition is somebody else's then.
      if (!signal.aborted) onFailure(error, delayMs);
    };
    let partition: number | undefined = message.source.partition;
    for (let failures = 0; !signal.aborted;) {
      try {
        const record = { topic, key, value, headers, partition };
        return (await this.#send(record, { report, signal })) ? 'written' : 'given up';
      } catch (thrown) {
        if (isTooLarge(thrown)) return 'too large';
        if (thrown instanceof InvalidMessage && partition !== undefined) {
          // The topic has fewer partitions than the one where the message comes from.
          partition = undefined;
          continue;
        }
        failures += 1;
        const delayMs = delayAfter(failures, BACKOFF);
        report(asError(thrown), delayMs);
        await sleep(delayMs, signal);
      }
    }
    return 'given up';
  }

  /** False when it was aborted before there was an answer. */
  async #send(
    record: OutgoingMessage,
    { report, signal }: { readonly report: SetAside['onFailure']; readonly signal: AbortSignal },
  ): Promise<boolean> {
    let why = new Error('no broker has acknowledged it');
    const reports = setInterval(() => {
      report(why, 0);
    }, REPORT_MS);
    try {
      const onRetry = (reason: Error) => {
        why = reason;
      };
      const sending = this.#open().send(record, { signal, onRetry });
      return (await unlessAborted(sending, signal)) !== undefined;
    } finally {
      clearInterval(reports);
    }
  }

  #open(): Producer {
    this.#producer ??= new Producer(this.driver, {
      logger: this.logger,
      // A message may be as large as its topic allows; what the other topic allows is the brokers' to say.
      maxMessageBytes: Infinity,
      // Given up and sent anew, a batch that was stored without an answer would be stored again.
      deliveryTimeoutMs: Infinity,
    });
    return this.#producer;
  }
}

function isTooLarge(thrown: unknown): boolean {
  if (!(thrown instanceof PublishRefused) || !(thrown.cause instanceof DriverError)) return false;
  return TOO_LARGE.includes(thrown.cause.protocolError ?? '');
}
