import type { Codec } from '../codecs/codec.js';
import type { DriverRecord, HeaderMap } from '../driver.js';
import { AT, LENGTH_OVERHEAD, MAGIC } from './layout.js';
import { sizeOfVarint, writeVarint } from './varint.js';

/** Batches up to this size are not worth compressing. */
const COMPRESS_ABOVE_BYTES = 1_024;
const NO_LEADER_EPOCH = -1;

/** What a batch says of its producer, for the broker to recognise one that it has already. */
export interface ProducerStamp {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** The number of the first record, counted per producer and partition; wraps after 2^31 - 1. */
  readonly baseSequence: number;
}

/** The checksum of a batch, CRC-32C, as an unsigned 32-bit number. */
export type Checksum = (bytes: Buffer) => number;

/**
 * Encodes records as one batch of message format 2, compressed when a codec is given and the records are
 * larger than 1 KiB.
 */
export async function encodeBatch(
  records: readonly DriverRecord[],
  parts: {
    readonly stamp: ProducerStamp;
    readonly codec: Codec | undefined;
    readonly checksum: Checksum;
  },
): Promise<Buffer> {
  const { stamp, codec, checksum } = parts;
  const baseTimestamp = records[0]?.timestamp ?? 0;
  const plain = encodeRecords(records, baseTimestamp);
  const compressed =
    codec === undefined || plain.length - AT.records <= COMPRESS_ABOVE_BYTES
      ? undefined
      : await codec.compress(plain.subarray(AT.records));
  const batch = compressed === undefined ? plain : Buffer.concat([plain.subarray(0, AT.records), compressed]);

  batch.fill(0, 0, AT.leaderEpoch);
  batch.writeInt32BE(batch.length - LENGTH_OVERHEAD, AT.length);
  batch.writeInt32BE(NO_LEADER_EPOCH, AT.leaderEpoch);
  batch.writeInt8(MAGIC, AT.magic);
  batch.writeInt16BE(compressed === undefined ? 0 : (codec?.id ?? 0), AT.attributes);
  batch.writeInt32BE(records.length - 1, AT.lastOffsetDelta);
  batch.writeBigInt64BE(BigInt(baseTimestamp), AT.baseTimestamp);
  batch.writeBigInt64BE(BigInt(latest(records)), AT.maxTimestamp);
  batch.writeBigInt64BE(stamp.producerId, AT.producerId);
  batch.writeInt16BE(stamp.producerEpoch, AT.producerEpoch);
  batch.writeInt32BE(stamp.baseSequence, AT.baseSequence);
  batch.writeInt32BE(records.length, AT.count);
  batch.writeUInt32BE(checksum(batch.subarray(AT.attributes)), AT.crc);
  return batch;
}

/** The records, after room for the batch's own fields. */
function encodeRecords(records: readonly DriverRecord[], baseTimestamp: number): Buffer {
  const sizes = records.map((record, index) => sizeOfRecord(record, index, baseTimestamp));
  const total = sizes.reduce((sum, size) => sum + sizeOfVarint(size) + size, AT.records);
  const target = Buffer.allocUnsafe(total);
  let at: number = AT.records;
  records.forEach((record, index) => {
    at = writeVarint(sizes[index] ?? 0, target, at);
    at = writeRecord(record, { index, baseTimestamp, target, at });
  });
  return target;
}

function sizeOfRecord({ key, value, headers, timestamp }: DriverRecord, index: number, base: number): number {
  const attributes = 1;
  let size = attributes + sizeOfVarint(timestamp - base) + sizeOfVarint(index);
  size += sizeOfBytes(key) + sizeOfBytes(value);
  let count = 0;
  forEachHeader(headers, (name, bytes) => {
    const length = Buffer.byteLength(name);
    size += sizeOfVarint(length) + length + sizeOfBytes(bytes);
    count += 1;
  });
  return size + sizeOfVarint(count);
}

function writeRecord(
  { key, value, headers, timestamp }: DriverRecord,
  place: { index: number; baseTimestamp: number; target: Buffer; at: number },
): number {
  const { index, baseTimestamp, target } = place;
  let { at } = place;
  target[at] = 0;
  at = writeVarint(timestamp - baseTimestamp, target, at + 1);
  at = writeVarint(index, target, at);
  at = writeBytes(key, target, at);
  at = writeBytes(value, target, at);
  let count = 0;
  forEachHeader(headers, () => {
    count += 1;
  });
  at = writeVarint(count, target, at);
  forEachHeader(headers, (name, bytes) => {
    at = writeVarint(Buffer.byteLength(name), target, at);
    at += target.write(name, at);
    at = writeBytes(bytes, target, at);
  });
  return at;
}

function sizeOfBytes(bytes: Buffer | null): number {
  return bytes === null ? sizeOfVarint(-1) : sizeOfVarint(bytes.length) + bytes.length;
}

function writeBytes(bytes: Buffer | null, target: Buffer, at: number): number {
  if (bytes === null) return writeVarint(-1, target, at);
  const start = writeVarint(bytes.length, target, at);
  bytes.copy(target, start);
  return start + bytes.length;
}

function forEachHeader(headers: HeaderMap, visit: (name: string, value: Buffer) => void): void {
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value === undefined) continue;
    if (Buffer.isBuffer(value)) visit(name, value);
    else for (const item of value) visit(name, item);
  }
}

function latest(records: readonly DriverRecord[]): number {
  return records.reduce((max, { timestamp }) => Math.max(max, timestamp), 0);
}
