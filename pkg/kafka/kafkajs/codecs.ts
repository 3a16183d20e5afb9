import kafkajs from 'kafkajs';
import { CODECS, type Codec } from '../codecs/codec.js';

/** What kafkajs hands to a codec: its own growing buffer. */
interface Encoded {
  readonly buffer: Buffer;
}

/**
 * Lets kafkajs read and write every compression of the protocol. Without it a consumer ends for good when
 * it meets records that another producer, or the broker, compressed with snappy, lz4 or zstd.
 */
export function registerCodecs(): void {
  const codecs: Record<number, () => unknown> = kafkajs.CompressionCodecs;
  for (const codec of Object.values(CODECS)) codecs[codec.id] = () => forKafkajs(codec);
}

function forKafkajs(codec: Codec) {
  return {
    compress: ({ buffer }: Encoded) => codec.compress(buffer),
    decompress: (bytes: Buffer) => codec.decompress(bytes),
  };
}
