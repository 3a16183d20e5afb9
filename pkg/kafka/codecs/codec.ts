import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { snappy } from './snappy.js';

/** How a batch of records may be compressed, by the names that Kafka's `compression.type` has. */
export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** One way to compress the records of a batch. */
export interface Codec {
  /** The number that stands for it in the attributes of a batch. */
  readonly id: 1 | 2 | 3 | 4;
  compress(bytes: Buffer): Promise<Buffer>;
  /** @throws Error when the bytes are damaged */
  decompress(bytes: Buffer): Promise<Buffer>;
}

// Native modules are loaded when the first batch needs them: most services never do.
const lz4 = async () => (await import('lz4-napi')).default;
const zstd = async () => (await import('@mongodb-js/zstd')).default;

/** Every codec of the protocol, except none. */
export const CODECS: Readonly<Record<Exclude<Compression, 'none'>, Codec>> = {
  gzip: { id: 1, compress: promisify<Buffer, Buffer>(gzip), decompress: promisify<Buffer, Buffer>(gunzip) },
  snappy: { id: 2, ...snappy },
  lz4: {
    id: 3,
    compress: async (bytes) => (await lz4()).compressFrame(bytes),
    decompress: async (bytes) => (await lz4()).decompressFrame(bytes),
  },
  zstd: {
    id: 4,
    compress: async (bytes) => (await zstd()).compress(bytes),
    decompress: async (bytes) => (await zstd()).decompress(bytes),
  },
};

/** The codec with this id; undefined for 0, which means "not compressed". @throws RangeError */
export function codecById(id: number): Codec | undefined {
  if (id === 0) return undefined;
  const found = Object.values(CODECS).find((codec) => codec.id === id);
  if (found === undefined) throw new RangeError(`a batch names compression ${id}, which Kafka does not have`);
  return found;
}
