import { codecById } from '../codecs/codec.js';
import type { HeaderMap, ReadRecord, StoredBatch, TopicPartition } from '../driver.js';
import { AT, ATTRIBUTE, LENGTH_OVERHEAD, MAGIC } from './layout.js';
import { VarintReader } from './varint.js';

/** The least that a batch says of its length: a header with no records. */
const LEAST_LENGTH = AT.records - LENGTH_OVERHEAD;

/**
 * The whole batches in the bytes that a fetch brought. The last one may be cut off by the limits of the
 * fetch, and is left out then.
 *
 * @throws Error for a batch of the formats before Kafka 0.11, which brokers no longer write. RangeError for
 *   one whose numbers cannot be true
 */
export function* decodeBatches(bytes: Buffer, place: TopicPartition): Generator<StoredBatch> {
  let at = 0;
  while (at + AT.records <= bytes.length) {
    const magic = bytes.readInt8(at + AT.magic);
    if (magic !== MAGIC) throw new Error(`a batch has message format ${magic}, only ${MAGIC} can be read`);
    const length = bytes.readInt32BE(at + AT.length);
    if (length < LEAST_LENGTH) throw new RangeError(`a batch has a length of ${length} bytes`);
    const end = at + LENGTH_OVERHEAD + length;
    if (end > bytes.length) return;
    yield decodeBatch(bytes.subarray(at, end), place);
    at = end;
  }
}

function decodeBatch(bytes: Buffer, place: TopicPartition): StoredBatch {
  const attributes = bytes.readInt16BE(AT.attributes);
  const lastOffsetDelta = bytes.readInt32BE(AT.lastOffsetDelta);
  if (lastOffsetDelta < 0) throw new RangeError('a batch ends before its first offset');
  const baseOffset = bytes.readBigInt64BE(AT.baseOffset);
  const control = (attributes & ATTRIBUTE.control) !== 0;
  return {
    baseOffset,
    lastOffset: baseOffset + BigInt(lastOffsetDelta),
    producerId: bytes.readBigInt64BE(AT.producerId),
    transactional: (attributes & ATTRIBUTE.transactional) !== 0,
    control,
    aborts: control && isAbortMarker(bytes),
    records: () => unpack(bytes, attributes, { ...place, baseOffset }),
  };
}

async function unpack(
  bytes: Buffer,
  attributes: number,
  { topic, partition, baseOffset }: TopicPartition & { readonly baseOffset: bigint },
): Promise<ReadRecord[]> {
  const codec = codecById(attributes & ATTRIBUTE.codec);
  const body = bytes.subarray(AT.records);
  const reader = new VarintReader(codec === undefined ? body : await codec.decompress(body));
  const baseTimestamp = Number(bytes.readBigInt64BE(AT.baseTimestamp));
  const byBroker = (attributes & ATTRIBUTE.logAppendTime) !== 0;
  const timestampType = byBroker ? 'LogAppendTime' : 'CreateTime';
  const appendTime = byBroker ? Number(bytes.readBigInt64BE(AT.maxTimestamp)) : undefined;
  const records: ReadRecord[] = [];
  for (let count = bytes.readInt32BE(AT.count); count > 0; count -= 1) {
    const length = reader.next();
    if (length < 0) throw new RangeError(`a record has a length of ${length} bytes`);
    const end = reader.at + length;
    const attributeBytes = 1;
    reader.at += attributeBytes;
    const timestamp = baseTimestamp + reader.next();
    const offset = (baseOffset + BigInt(reader.next())).toString();
    const key = reader.nextBytes();
    const value = reader.nextBytes();
    const headers = readHeaders(reader);
    records.push({
      topic,
      partition,
      offset,
      key,
      value,
      headers,
      timestamp: appendTime ?? timestamp,
      timestampType,
    });
    reader.at = end;
  }
  return records;
}

/** Header names are kept as they are, also those that a plain object has by itself; null reads as empty. */
function readHeaders(reader: VarintReader): HeaderMap {
  const count = reader.next();
  if (count === 0) return {};
  const headers = new Map<string, Buffer | Buffer[]>();
  for (let i = 0; i < count; i += 1) {
    const name = (reader.nextBytes() ?? Buffer.alloc(0)).toString();
    const value = reader.nextBytes() ?? Buffer.alloc(0);
    const known = headers.get(name);
    if (known === undefined) headers.set(name, value);
    else if (Buffer.isBuffer(known)) headers.set(name, [known, value]);
    else known.push(value);
  }
  return Object.fromEntries(headers);
}

/** Whether the first record is an abort marker: its key is a version and a type, where type 0 aborts. */
function isAbortMarker(bytes: Buffer): boolean {
  const reader = new VarintReader(bytes, AT.records);
  reader.next();
  const attributeBytes = 1;
  reader.at += attributeBytes;
  reader.next();
  reader.next();
  const key = reader.nextBytes();
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0;
}
