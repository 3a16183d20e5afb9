import { gunzipSync } from 'node:zlib';
import { BrokerError } from '../errors.js';
import { ErrorCode } from '../wire/errors.js';
import { crc32c } from './crc32c.js';

/** Layout of a record batch of magic 2: where its fixed fields lie, in bytes from its start. */
const AT = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
  records: 61,
} as const;

/** Bytes of a batch before its records. */
export const BATCH_HEADER_BYTES = AT.records;

/** Bytes before the length field's own count begins: base offset and the length itself. */
const LENGTH_OVERHEAD = 12;

const CODEC_MASK = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const NO_COMPRESSION = 0;
const GZIP = 1;

/** No compressed batch is unpacked to more than this for a look-up by time. */
const MAX_UNPACKED = 64 * 1024 * 1024;

/** A batch that a log refuses, with the error code that tells the client why. */
export class InvalidBatch extends BrokerError {
  override readonly name = 'InvalidBatch';
}

/** The fixed fields of a record batch. */
export interface BatchHeader {
  baseOffset: bigint;
  /** Bytes of the whole batch, this header included. */
  size: number;
  attributes: number;
  lastOffsetDelta: number;
  /** Milliseconds since the epoch; -1 when the batch holds none. */
  maxTimestamp: bigint;
  /** -1 when the producer is not idempotent. */
  producerId: bigint;
  producerEpoch: number;
  baseSequence: number;
  recordCount: number;
}

/** The offset after the last record of a batch. */
export function nextOffsetOf({ baseOffset, lastOffsetDelta }: BatchHeader): bigint {
  return baseOffset + BigInt(lastOffsetDelta) + 1n;
}

/** Reads the header of the batch that begins at `start`. Nothing is checked but that the bytes are there. */
export function readHeader(buffer: Buffer, start = 0): BatchHeader {
  if (buffer.length - start < AT.records) {
    throw new InvalidBatch(ErrorCode.CORRUPT_MESSAGE, 'a record batch is shorter than its header');
  }
  return {
    baseOffset: buffer.readBigInt64BE(start + AT.baseOffset),
    size: buffer.readInt32BE(start + AT.length) + LENGTH_OVERHEAD,
    attributes: buffer.readInt16BE(start + AT.attributes),
    lastOffsetDelta: buffer.readInt32BE(start + AT.lastOffsetDelta),
    maxTimestamp: buffer.readBigInt64BE(start + AT.maxTimestamp),
    producerId: buffer.readBigInt64BE(start + AT.producerId),
    producerEpoch: buffer.readInt16BE(start + AT.producerEpoch),
    baseSequence: buffer.readInt32BE(start + AT.baseSequence),
    recordCount: buffer.readInt32BE(start + AT.recordCount),
  };
}

/**
 * Checks that `buffer` is exactly one sound batch of magic 2, as a produce request carries it.
 * @throws InvalidBatch when it is not
 */
export function checkBatch(buffer: Buffer): BatchHeader {
  if (buffer.length > AT.magic && buffer.readInt8(AT.magic) !== 2) {
    throw new InvalidBatch(
      ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT,
      `record format magic ${buffer.readInt8(AT.magic)} is not served, only magic 2`,
    );
  }
  const header = readHeader(buffer);
  if (header.size !== buffer.length) {
    throw new InvalidBatch(ErrorCode.INVALID_RECORD, 'a produce request holds one record batch a partition');
  }
  if (buffer.readUInt32BE(AT.crc) !== crc32c(buffer, AT.attributes)) {
    throw new InvalidBatch(ErrorCode.CORRUPT_MESSAGE, 'the checksum does not match');
  }
  if (header.recordCount < 1 || header.recordCount !== header.lastOffsetDelta + 1) {
    throw new InvalidBatch(ErrorCode.INVALID_RECORD, 'the record count does not match the last offset delta');
  }
  if (header.producerId >= 0n && header.baseSequence < 0) {
    throw new InvalidBatch(ErrorCode.INVALID_RECORD, 'an idempotent batch needs a sequence number');
  }
  if (header.attributes & CONTROL) {
    throw new InvalidBatch(ErrorCode.INVALID_RECORD, 'clients may not write control batches');
  }
  if (header.attributes & TRANSACTIONAL) {
    throw new InvalidBatch(ErrorCode.INVALID_RECORD, 'transactions are not served');
  }
  return header;
}

/** Whether these bytes, of the length that their header claims, are a batch of magic 2 as it was written. */
export function isIntact(batch: Buffer): boolean {
  return batch.readInt8(AT.magic) === 2 && batch.readUInt32BE(AT.crc) === crc32c(batch, AT.attributes);
}

/** The whole batches that `bytes` begins with, one after another, each a view of it. */
export function* splitBatches(bytes: Buffer): Generator<{ header: BatchHeader; batch: Buffer }> {
  for (let start = 0; start + BATCH_HEADER_BYTES <= bytes.length;) {
    const header = readHeader(bytes, start);
    const end = start + header.size;
    if (header.size < BATCH_HEADER_BYTES || end > bytes.length) return;
    yield { header, batch: bytes.subarray(start, end) };
    start = end;
  }
}

/** Gives a batch its place in the log. The checksum covers neither field, so no byte of it changes. */
export function placeBatch(buffer: Buffer, baseOffset: bigint, leaderEpoch: number): void {
  buffer.writeBigInt64BE(baseOffset, AT.baseOffset);
  buffer.writeInt32BE(leaderEpoch, AT.leaderEpoch);
}

/** Makes `now` (milliseconds) the time of every record of a batch. @returns its header as it is then */
export function stampAppendTime(buffer: Buffer, now: number): BatchHeader {
  buffer.writeInt16BE(buffer.readInt16BE(AT.attributes) | LOG_APPEND_TIME, AT.attributes);
  buffer.writeBigInt64BE(BigInt(now), AT.maxTimestamp);
  buffer.writeUInt32BE(crc32c(buffer, AT.attributes), AT.crc);
  return readHeader(buffer);
}

/** A record's place and its time in milliseconds since the epoch. */
export interface TimestampedOffset {
  offset: bigint;
  timestamp: bigint;
}

/**
 * The first record of the batch at or after `timestamp` and at or after the offset `from`. Exact for
 * uncompressed and gzip batches. Of the other codecs, which this broker does not unpack, and of a batch whose
 * content cannot be read it is the first record that may be it: never too late.
 */
export function findTimestamp(batch: Buffer, timestamp: bigint, from = 0n): TimestampedOffset | null {
  const header = readHeader(batch);
  if (header.maxTimestamp < timestamp) return null;
  const first = header.baseOffset > from ? header.baseOffset : from;
  if (header.attributes & LOG_APPEND_TIME) return { offset: first, timestamp: header.maxTimestamp };
  try {
    if (isReadable(header)) return findRecord(batch, header, { timestamp, from });
  } catch (error) {
    // The client wrote what it liked under a sound checksum, or more than is unpacked here.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
  return { offset: first, timestamp: batch.readBigInt64BE(AT.baseTimestamp) };
}

function findRecord(
  batch: Buffer,
  header: BatchHeader,
  { timestamp, from }: { timestamp: bigint; from: bigint },
): TimestampedOffset | null {
  for (const record of recordsOf(batch, header)) {
    if (record.timestamp >= timestamp && record.offset >= from) {
      return { offset: record.offset, timestamp: record.timestamp };
    }
  }
  return null;
}

/** Whether the records of a batch can be looked at: those of the other codecs are not unpacked here. */
export function isReadable({ attributes }: BatchHeader): boolean {
  const codec = attributes & CODEC_MASK;
  return codec === NO_COMPRESSION || codec === GZIP;
}

/** What the log looks at of a record. */
export interface RecordInfo extends TimestampedOffset {
  hasKey: boolean;
}

/**
 * The records of a readable batch.
 * @throws Error with a code when the bytes form no records, or when they unpack to more than is looked at
 */
export function* recordsOf(
  batch: Buffer,
  { attributes, baseOffset, recordCount }: BatchHeader,
): Generator<RecordInfo> {
  const baseTimestamp = batch.readBigInt64BE(AT.baseTimestamp);
  const packed = batch.subarray(AT.records);
  const gzip = (attributes & CODEC_MASK) === GZIP;
  const records = gzip ? gunzipSync(packed, { maxOutputLength: MAX_UNPACKED }) : packed;
  let position = 0;
  for (let i = 0; i < recordCount; i++) {
    const length = varint(records, position);
    // After a record's length come one byte of attributes and then the timestamp and offset deltas.
    const timestampDelta = varint(records, length.next + 1);
    const offsetDelta = varint(records, timestampDelta.next);
    const keyLength = varint(records, offsetDelta.next);
    yield {
      timestamp: baseTimestamp + timestampDelta.value,
      offset: baseOffset + offsetDelta.value,
      hasKey: keyLength.value >= 0n,
    };
    // A record takes at least its seven fields; less would let hostile bytes keep this loop on the spot.
    if (length.value < 6n)
      throw new InvalidBatch(ErrorCode.CORRUPT_MESSAGE, 'a record without room for itself');
    position = length.next + Number(length.value);
  }
}

/** A zig-zag varint of up to ten bytes, as records use it. */
function varint(buffer: Buffer, start: number): { value: bigint; next: number } {
  let raw = 0n;
  let next = start;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = buffer.readUInt8(next++);
    raw |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return { value: (raw >> 1n) ^ -(raw & 1n), next };
}
