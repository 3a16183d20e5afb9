import { codecById } from '../codecs/codec.js';
import type { StoredBatch, TopicPartition } from '../driver.js';
import { AT, ATTRIBUTE, LENGTH_OVERHEAD, MAGIC } from './layout.js';
import { UnpackedBatch, type BatchContext } from './unpacked_batch.js';
import { VarintReader } from './varint.js';

type BatchPlace = Pick<BatchContext, 'topic' | 'partition' | 'baseOffset'>;

/** A batch that was fetched. */
export interface DecodedBatch extends StoredBatch {
  records(): Promise<UnpackedBatch>;
}

/** The least that a batch says of its length: a header with no records. */
const LEAST_LENGTH = AT.records - LENGTH_OVERHEAD;

/**
 * The whole batches in the bytes that a fetch brought. The last one may be cut off by the limits of the
 * fetch, and is left out then.
 *
 * @throws Error for a batch of the formats before Kafka 0.11, which brokers no longer write. RangeError for
 *   one whose numbers cannot be true
 */
export function* decodeBatches(bytes: Buffer, place: TopicPartition): Generator<DecodedBatch> {
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

function decodeBatch(bytes: Buffer, place: TopicPartition): DecodedBatch {
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

async function unpack(bytes: Buffer, attributes: number, place: BatchPlace): Promise<UnpackedBatch> {
  const codec = codecById(attributes & ATTRIBUTE.codec);
  const packed = bytes.subarray(AT.records);
  const body = codec === undefined ? packed : await codec.decompress(packed);
  const byBroker = (attributes & ATTRIBUTE.logAppendTime) !== 0;
  return new UnpackedBatch(body, bytes.readInt32BE(AT.count), {
    ...place,
    baseTimestamp: Number(bytes.readBigInt64BE(AT.baseTimestamp)),
    appendTime: byBroker ? Number(bytes.readBigInt64BE(AT.maxTimestamp)) : undefined,
  });
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
