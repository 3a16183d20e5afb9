import { gzipSync } from 'node:zlib';
import { crc32c } from '../../../../pkg/devbroker/log/crc32c.js';
import { placeBatch, readHeader } from '../../../../pkg/devbroker/log/record_batch.js';
import { type LogStore } from '../../../../pkg/devbroker/log/store.js';

/** Codec numbers of the protocol. */
export const Codec = { none: 0, gzip: 1, snappy: 2 } as const;

/** What a batch is built from; a plain one of one record unless told otherwise. */
export interface BatchSpec {
  /** One record for each, in milliseconds. */
  timestamps?: readonly number[];
  values?: readonly string[];
  codec?: number;
  /** Further attribute bits: 0x08 log append time, 0x10 transactional, 0x20 control. */
  attributes?: number;
  producerId?: bigint;
  producerEpoch?: number;
  baseSequence?: number;
  baseOffset?: bigint;
  /** Takes the place of the encoded records. */
  records?: Buffer;
}

/** A record batch of magic 2 as a client would send it. */
export function batch(spec: BatchSpec = {}): Buffer {
  const timestamps = spec.timestamps ?? (spec.values ?? ['value']).map(() => 1000);
  const count = timestamps.length;
  const base = timestamps[0] ?? 0;
  const plain = Buffer.concat(
    timestamps.map((timestamp, i) => record(timestamp - base, i, spec.values?.[i] ?? `value ${i}`)),
  );
  const codec = spec.codec ?? Codec.none;
  const records = spec.records ?? (codec === Codec.gzip ? gzipSync(plain) : plain);
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(spec.baseOffset ?? 0n, 0);
  header.writeInt32BE(header.length + records.length - 12, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(codec | (spec.attributes ?? 0), 21);
  header.writeInt32BE(count - 1, 23);
  header.writeBigInt64BE(BigInt(base), 27);
  header.writeBigInt64BE(BigInt(Math.max(...timestamps)), 35);
  header.writeBigInt64BE(spec.producerId ?? -1n, 43);
  header.writeInt16BE(spec.producerEpoch ?? -1, 51);
  header.writeInt32BE(spec.baseSequence ?? -1, 53);
  header.writeInt32BE(count, 57);
  return sealed(Buffer.concat([header, records]));
}

/** Appends a batch at the end of a store. @returns its bytes as they are kept */
export function append(store: LogStore, spec: BatchSpec = {}): Buffer {
  const bytes = batch(spec);
  placeBatch(bytes, store.endOffset, 0);
  store.append(bytes, readHeader(bytes));
  return bytes;
}

/** The batch with its checksum set anew after a change of its bytes. */
export function sealed(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32c(bytes, 21), 17);
  return bytes;
}

function record(timestampDelta: number, offsetDelta: number, value: string): Buffer {
  const bytes = Buffer.from(value);
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(timestampDelta),
    varint(offsetDelta),
    varint(-1),
    varint(bytes.length),
    bytes,
    varint(0),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value >= 0 ? BigInt(value) * 2n : BigInt(-value) * 2n - 1n;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
