import { checksum } from '../../../../pkg/kafka/kafkajs/internals.js';
import { encodeBatch } from '../../../../pkg/kafka/records/encode.js';
import { AT, ATTRIBUTE } from '../../../../pkg/kafka/records/layout.js';

/** A batch as a broker keeps it: records of these values, of which compaction may have taken the last ones. */
export async function storedBatch(parts: {
  readonly baseOffset: bigint;
  readonly values: readonly string[];
  readonly compactedTail?: number;
  readonly transactional?: boolean;
  readonly producerId?: bigint;
}): Promise<Buffer> {
  const { baseOffset, values, compactedTail = 0, transactional = false, producerId = 7n } = parts;
  const bytes = await encodeBatch(
    values.map((value) => ({
      key: Buffer.from(`key of ${value}`),
      value: Buffer.from(value),
      headers: { name: Buffer.from(value) },
      timestamp: 1_000_000,
    })),
    { stamp: { producerId, producerEpoch: 0, baseSequence: 0 }, codec: undefined, checksum },
  );
  bytes.writeBigInt64BE(baseOffset, AT.baseOffset);
  bytes.writeInt32BE(Math.max(values.length - 1, 0) + compactedTail, AT.lastOffsetDelta);
  if (transactional) bytes.writeInt16BE(ATTRIBUTE.transactional, AT.attributes);
  return bytes;
}
