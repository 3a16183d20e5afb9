import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Codecs by their numbers in a record batch's attributes. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/** Where a record batch of magic 2 has its length, without the bytes up to its end, and its attributes. */
const LENGTH_AT = 8;
const LENGTH_OVERHEAD = 12;
const ATTRIBUTES_AT = 21;
const CODEC_MASK = 0x07;

/**
 * The codecs of the record batches that the broker keeps of a topic, each once, read from its segment files: they tell
 * what came over the wire, where a consumer's records look the same whatever the codec.
 */
export async function storedCodecs(dataFolder: string, topic: string): Promise<string[]> {
  const codecs = new Set<string>();
  const files = await readdir(dataFolder, { recursive: true });
  for (const file of files.filter((path) => path.includes(`/${topic}.`) && path.endsWith('.log'))) {
    const segment = await readFile(join(dataFolder, file));
    for (let at = 0; at < segment.length; at += segment.readInt32BE(at + LENGTH_AT) + LENGTH_OVERHEAD) {
      const codec = segment.readInt16BE(at + ATTRIBUTES_AT) & CODEC_MASK;
      codecs.add(CODECS[codec] ?? `codec ${codec}`);
    }
  }
  return [...codecs];
}
