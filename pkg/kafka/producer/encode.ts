import type { DriverRecord, HeaderMap } from '../driver.js';
import { InvalidMessage } from '../errors.js';
import type { Bytes, OutgoingHeaders, OutgoingMessage } from '../message.js';

/** A topic name that every broker takes: 1 to 249 of these characters, and neither "." nor "..". */
const TOPIC_NAME = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/** Differences of times up to this are exact on the wire; it is in the year 144,683. */
const TIMESTAMP_LIMIT = 2 ** 52;

/** A message ready for the client, and its size in bytes: key, value, and header names and values. */
export interface EncodedMessage {
  readonly record: DriverRecord;
  readonly size: number;
}

/**
 * Turns a message into bytes, so that nothing the client would stumble over later, in the middle of a
 * flush, gets past this point.
 *
 * @throws InvalidMessage
 */
export function encode(message: OutgoingMessage, now: number): EncodedMessage {
  const { topic, partition, timestamp = now } = message;
  if (!TOPIC_NAME.test(topic)) throw new InvalidMessage(topic, 'the topic name is not valid');
  if (!Number.isInteger(timestamp) || timestamp < 0 || timestamp >= TIMESTAMP_LIMIT) {
    throw new InvalidMessage(topic, `the timestamp ${timestamp} is not a whole number of milliseconds`);
  }
  if (partition !== undefined && (!Number.isInteger(partition) || partition < 0)) {
    throw new InvalidMessage(topic, `the partition ${partition} is not a whole number from 0 on`);
  }
  const key = toBytesOrNull(
    message.key ?? null,
    () => new InvalidMessage(topic, 'its key is not text or bytes'),
  );
  const value = toBytesOrNull(
    message.value,
    () => new InvalidMessage(topic, 'its value is not text, bytes or null'),
  );
  const { headers, size } = encodeHeaders(topic, message.headers ?? {});
  return {
    record: { key, value, headers, timestamp },
    size: (key?.length ?? 0) + (value?.length ?? 0) + size,
  };
}

function encodeHeaders(topic: string, headers: OutgoingHeaders): { headers: HeaderMap; size: number } {
  let size = 0;
  const entries = Object.entries(headers).map(([name, value]): [string, Buffer | Buffer[]] => {
    const invalid = () => new InvalidMessage(topic, `header ${name} is not text or bytes`);
    const toHeader = (item: Bytes): Buffer => {
      const bytes = toBytes(item, invalid);
      size += Buffer.byteLength(name) + bytes.length;
      return bytes;
    };
    return [name, isList(value) ? value.map(toHeader) : toHeader(value)];
  });
  return { headers: Object.fromEntries(entries), size };
}

function isList(value: Bytes | readonly Bytes[]): value is readonly Bytes[] {
  return Array.isArray(value);
}

function toBytesOrNull(value: Bytes | null, invalid: () => Error): Buffer | null {
  return value === null ? null : toBytes(value, invalid);
}

/** Callers without types may pass anything. */
function toBytes(value: unknown, invalid: () => Error): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw invalid();
}
