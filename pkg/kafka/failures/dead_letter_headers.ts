import { asError, textOf } from '../async.js';
import type { HeaderMap } from '../driver.js';
import type { Logger } from '../../logger/index.js';
import { causeClass, errorClass, errorText, stackOf, type FailedMessage } from './failed_message.js';
import { bigInteger, int32, int64, lastHeader } from './header_values.js';

const ORIGINAL = 'kafka_dlt-original-';
const EXCEPTION = 'kafka_dlt-exception-';
const INFO = 'dlq-info';
const BACKOFF_TIMESTAMP = 'retry_topic-backoff-timestamp';
const RETRY_ATTEMPTS = 'retry_topic-attempts';
const RETRY_ORIGINAL_TIMESTAMP = 'retry_topic-original-timestamp';
const STACK_TRACE = `${EXCEPTION}stacktrace`;
const MESSAGE = `${EXCEPTION}message`;
const MAX_STACK_BYTES = 8_192;
const MAX_MESSAGE_BYTES = 2_048;

/** What a dead letter says beside the message. */
export interface FailureDetails {
  /** Name and version of the program, for `dlq-info`. */
  readonly app?: string;
  readonly version?: string;
  /**
   * Applied to the error's message and stack trace, to take out what must not be stored. Where it throws,
   * nothing of the text is stored.
   */
  readonly redact?: (text: string) => string;
  /** Whether the stack trace is stored. Default true. */
  readonly stackTraces?: boolean;
}

/**
 * How much of the error a record has: the broker may refuse one that is too large for its topic, and the
 * message itself must get through.
 */
export const DETAIL_LEVELS = ['full', 'no-stack', 'class-only'] as const;
export type DetailLevel = (typeof DETAIL_LEVELS)[number];

/**
 * The headers of a message, byte for byte, with those of its failure: the names and encodings of Spring for
 * Apache Kafka, so that its tools read them, and `dlq-info`, the same as JSON. Where the message comes from
 * is kept from its first failure, the error only from its last, so that a message that fails over and over
 * does not grow.
 */
export function deadLetterHeaders(
  message: FailedMessage,
  details: FailureDetails,
  level: DetailLevel,
): HeaderMap {
  const { thrown } = message;
  const redact = details.redact ?? ((text) => text);
  const cause = causeClass(thrown);
  const stack = stackOf(thrown);
  return {
    ...withoutFailure(message),
    ...originOf(message),
    [`${EXCEPTION}fqcn`]: Buffer.from(errorClass(thrown)),
    ...(cause === undefined ? {} : { [`${EXCEPTION}cause-fqcn`]: Buffer.from(cause) }),
    ...(level === 'class-only' ? {} : { [MESSAGE]: text(redact(errorText(thrown)), MAX_MESSAGE_BYTES) }),
    ...(level !== 'full' || stack === undefined || details.stackTraces === false
      ? {}
      : { [STACK_TRACE]: text(redact(stack), MAX_STACK_BYTES) }),
    [INFO]: Buffer.from(JSON.stringify(infoOf(message, details))),
  };
}

/** The details with a `redact` that never throws: what it fails for is left out, and that is logged. */
export function withSafeRedaction(details: FailureDetails, logger: Logger): FailureDetails {
  const { redact } = details;
  if (redact === undefined) return details;
  return {
    ...details,
    redact: (text) => {
      try {
        return textOf(redact(text));
      } catch (error) {
        logger.error('the text of an error is left out of a dead letter: redact failed', {
          error: asError(error).message,
        });
        return '';
      }
    },
  };
}

/** The headers of a message that waits in a retry topic until `dueAt` (milliseconds since the epoch). */
export function delayedRetryHeaders(
  message: FailedMessage,
  details: FailureDetails,
  dueAt: number,
): HeaderMap {
  const { record } = message;
  const previous = message.replayed ? lastHeader(record.headers, RETRY_ATTEMPTS) : undefined;
  const first = message.replayed ? lastHeader(record.headers, RETRY_ORIGINAL_TIMESTAMP) : undefined;
  return {
    ...deadLetterHeaders(message, details, 'no-stack'),
    [RETRY_ATTEMPTS]: int32((previous?.length === 4 ? previous.readInt32BE() : 0) + message.attempts),
    [RETRY_ORIGINAL_TIMESTAMP]: first ?? bigInteger(BigInt(record.timestamp)),
    [BACKOFF_TIMESTAMP]: bigInteger(BigInt(dueAt)),
  };
}

/** The header in which a retry topic says when a message is due. */
export const DUE_HEADER = BACKOFF_TIMESTAMP;

/** What earlier failures wrote goes; of repeated failures only the origin stays. */
function withoutFailure({ record, replayed }: FailedMessage): HeaderMap {
  return Object.fromEntries(
    Object.entries(record.headers).filter(
      ([name]) =>
        !name.startsWith(EXCEPTION) &&
        name !== INFO &&
        !name.startsWith('retry_topic-') &&
        (replayed || !name.startsWith(ORIGINAL)),
    ),
  );
}

/** Where the message was when it failed first. */
function originOf({ record, source, groupId, replayed }: FailedMessage): HeaderMap {
  if (replayed && lastHeader(record.headers, `${ORIGINAL}topic`) !== undefined) return {};
  return {
    [`${ORIGINAL}topic`]: Buffer.from(source.topic),
    [`${ORIGINAL}partition`]: int32(source.partition),
    [`${ORIGINAL}offset`]: int64(BigInt(record.offset)),
    [`${ORIGINAL}timestamp`]: int64(BigInt(record.timestamp)),
    [`${ORIGINAL}timestamp-type`]: Buffer.from(record.timestampType),
    [`${ORIGINAL}consumer-group`]: Buffer.from(groupId),
  };
}

function infoOf(message: FailedMessage, { app, version }: FailureDetails): Record<string, unknown> {
  const { record, source, groupId, attempts, thrown } = message;
  const before = message.replayed ? readInfo(record.headers) : {};
  return {
    topic: source.topic,
    partition: source.partition,
    offset: record.offset,
    group: groupId,
    attempts,
    error: errorClass(thrown),
    firstFailedAt: new Date(message.firstFailedAt).toISOString(),
    lastFailedAt: new Date(message.lastFailedAt).toISOString(),
    app,
    version,
    ...before,
  };
}

/** What `dlq-info` keeps of the first failure. */
function readInfo(headers: HeaderMap): Record<string, unknown> {
  const stored = lastHeader(headers, INFO);
  if (stored === undefined) return {};
  try {
    const info: unknown = JSON.parse(stored.toString('utf8'));
    if (typeof info !== 'object' || info === null) return {};
    const kept = ['topic', 'partition', 'offset', 'firstFailedAt'];
    return Object.fromEntries(Object.entries(info).filter(([name]) => kept.includes(name)));
  } catch {
    // Somebody else wrote it; the failure of now says enough.
    return {};
  }
}

/** At most so many bytes of UTF-8, without half a character at the end. */
function text(value: string, maxBytes: number): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length <= maxBytes) return bytes;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
