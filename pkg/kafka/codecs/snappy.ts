/** The 8 bytes that open the framing of snappy-java ("xerial"), which Kafka's Java clients write. */
const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** The magic, the version of the framing, and the lowest version that can read it. */
const HEADER = Buffer.concat([MAGIC, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);
const LENGTH_BYTES = 4;
/** snappy-java's own size of a block. */
const BLOCK_BYTES = 32_768;

const load = async () => (await import('snappy')).default;

/** Compresses into snappy-java's framing, which every client reads. */
async function compress(bytes: Buffer): Promise<Buffer> {
  const native = await load();
  const parts: Buffer[] = [HEADER];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = await native.compress(bytes.subarray(at, at + BLOCK_BYTES));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/**
 * Reads both forms that occur: snappy-java's framing, and one bare block, as librdkafka writes it.
 * @throws Error when the bytes are damaged
 */
async function decompress(bytes: Buffer): Promise<Buffer> {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return uncompress(bytes);
  const blocks: Buffer[] = [];
  for (let at = HEADER.length; at < bytes.length;) {
    const start = at + LENGTH_BYTES;
    const end = start + (start <= bytes.length ? bytes.readInt32BE(at) : 0);
    if (end <= start || end > bytes.length) throw new Error('a block of snappy data is cut short');
    blocks.push(await uncompress(bytes.subarray(start, end)));
    at = end;
  }
  return Buffer.concat(blocks);
}

async function uncompress(block: Buffer): Promise<Buffer> {
  return Buffer.from(await (await load()).uncompress(block, { asBuffer: true }));
}

/** The two directions of the codec. */
export const snappy = { compress, decompress };
