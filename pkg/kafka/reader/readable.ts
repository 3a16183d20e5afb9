import { isUtf8 } from 'node:buffer';

/** Bytes as JSON can hold them: text where they are UTF-8, else their Base64. */
export type ReadableBytes = string | { readonly base64: string };

/** A message as JSON can hold it, and people can read it. */
export interface ReadableMessage {
  readonly topic: string;
  readonly partition: number;
  /** Decimal text. */
  readonly offset: string;
  /** ISO 8601; null where it is no time. */
  readonly timestamp: string | null;
  readonly key: ReadableBytes | null;
  /** Null is a tombstone. */
  readonly value: ReadableBytes | null;
  /** A name that was sent several times has an array. */
  readonly headers: Readonly<Record<string, ReadableBytes | ReadableBytes[]>>;
}

/** What {@link readableMessage} reads; every message of this package is one. */
export interface MessageLike {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[] | undefined>>;
  readonly timestamp: number;
}

/** The end of the year 9999: what ISO 8601 writes with four digits. */
const LAST_TIME = 253_402_300_799_999;

/** The message with its bytes as text. */
export function readableMessage(message: MessageLike): ReadableMessage {
  const { topic, partition, offset, timestamp, key, value } = message;
  const headers = Object.entries(message.headers).flatMap(([name, bytes]) => {
    if (bytes === undefined) return [];
    return [[name, Buffer.isBuffer(bytes) ? readableBytes(bytes) : bytes.map(readableBytes)] as const];
  });
  return {
    topic,
    partition,
    offset,
    timestamp: timeOf(timestamp),
    key: key && readableBytes(key),
    value: value && readableBytes(value),
    headers: Object.fromEntries(headers),
  };
}

function readableBytes(bytes: Buffer): ReadableBytes {
  return isUtf8(bytes) ? bytes.toString('utf8') : { base64: bytes.toString('base64') };
}

/** A producer may send any number for a time. */
function timeOf(timestamp: number): string | null {
  return timestamp >= 0 && timestamp <= LAST_TIME ? new Date(timestamp).toISOString() : null;
}
