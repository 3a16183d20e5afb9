import { asError } from '../async.js';
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
 * fetch, and is left out then; the first one never is.
 *
 * @throws RangeError for what cannot be true, and for a batch of the formats before Kafka 0.11, which brokers no
 *   longer write; so does unpacking. The message names the offset
 */
export function* decodeBatches(bytes: Buffer, { topic, partition }: TopicPartition): Generator<DecodedBatch> {
  let at = 0;
  let next = -1n;
  while (bytes.length - at > AT.magic) {
    const baseOffset = bytes.readBigInt64BE(at);
    const magic = bytes.readInt8(at + AT.magic);
    if (magic !== MAGIC) throw damaged(baseOffset, `it has message format ${magic}, not ${MAGIC}`);
    const length = bytes.readInt32BE(at + AT.length);
    if (length < LEAST_LENGTH) throw damaged(baseOffset, `it has a length of ${length} bytes`);
    const end = at + LENGTH_OVERHEAD + length;
    if (end > bytes.length) break;
    if (baseOffset < next) throw damaged(baseOffset, `it comes after offset ${next - 1n}`);
    const batch = decodeBatch(bytes.subarray(at, end), { topic, partition, baseOffset });
    yield batch;
    next = batch.lastOffset + 1n;
    at = end;
  }
  if (at === 0 && bytes.length > 0) throw new RangeError(`there is no whole batch in ${bytes.length} bytes`);
}

function damaged(offset: bigint, what: string, cause?: unknown): RangeError {
  return new RangeError(`the batch at offset ${offset} cannot be read: ${what}`, { cause });
}

function decodeBatch(bytes: Buffer, place: BatchPlace): DecodedBatch {
  const { baseOffset } = place;
  const attributes = bytes.readInt16BE(AT.attributes);
  const lastOffsetDelta = bytes.readInt32BE(AT.lastOffsetDelta);
  if (lastOffsetDelta < 0) throw damaged(baseOffset, 'it ends before its first offset');
  const control = (attributes & ATTRIBUTE.control) !== 0;
  return {
    baseOffset,
    lastOffset: baseOffset + BigInt(lastOffsetDelta),
    producerId: bytes.readBigInt64BE(AT.producerId),
    transactional: (attributes & ATTRIBUTE.transactional) !== 0,
    control,
    aborts: control && isAbortMarker(bytes, baseOffset),
    async records() {
      try {
        return await unpack(bytes, attributes, { ...place, lastOffsetDelta });
      } catch (error) {
        throw damaged(baseOffset, asError(error).message, error);
      }
    },
  };
}

async function unpack(
  bytes: Buffer,
  attributes: number,
  place: BatchPlace & { lastOffsetDelta: number },
): Promise<UnpackedBatch> {
  const count = bytes.readInt32BE(AT.count);
  // Compaction leaves a batch of which all records are gone, as it was but for them.
  const codec = count === 0 ? undefined : codecById(attributes & ATTRIBUTE.codec);
  const packed = bytes.subarray(AT.records);
  const body = codec === undefined ? packed : await codec.decompress(packed);
  const byBroker = (attributes & ATTRIBUTE.logAppendTime) !== 0;
  return new UnpackedBatch(body, count, {
    ...place,
    baseTimestamp: Number(bytes.readBigInt64BE(AT.baseTimestamp)),
    appendTime: byBroker ? Number(bytes.readBigInt64BE(AT.maxTimestamp)) : undefined,
  });
}

/**
 * Whether the first record is an abort marker: its key is a version and a type, where type 0 aborts. Compaction may
 * have taken it, and the transaction's records before it.
 */
function isAbortMarker(bytes: Buffer, offset: bigint): boolean {
  if (bytes.readInt32BE(AT.count) === 0) return false;
  try {
    const reader = new VarintReader(bytes, AT.records);
    reader.next();
    const attributeBytes = 1;
    reader.at += attributeBytes;
    reader.next();
    reader.next();
    const key = reader.nextBytes();
    return key !== null && key.length >= 4 && key.readInt16BE(2) === 0;
  } catch (error) {
    throw damaged(offset, asError(error).message, error);
  }
}
