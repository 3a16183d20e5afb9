import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** CRC-32C of record batches, as an unsigned 32-bit number. */
export const checksum = load('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
