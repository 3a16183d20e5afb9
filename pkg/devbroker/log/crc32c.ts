/* eslint-disable @typescript-eslint/no-non-null-assertion -- every index is masked or bounded; a check a byte would cost most of the speed */
/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), the checksum of Kafka's record batches. Slicing by
 * eight: eight table look-ups for eight bytes. `zlib.crc32` is another polynomial and cannot be used.
 */
const TABLES = buildTables();

function buildTables(): Uint32Array[] {
  const tables = Array.from({ length: 8 }, () => new Uint32Array(256));
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    tables[0]![n] = crc;
  }
  for (let n = 0; n < 256; n++) {
    let crc = tables[0]![n]!;
    for (let k = 1; k < 8; k++) {
      crc = tables[0]![crc & 0xff]! ^ (crc >>> 8);
      tables[k]![n] = crc;
    }
  }
  return tables;
}

/** The CRC-32C of `data` from `start` on, as an unsigned 32-bit number. */
export function crc32c(data: Uint8Array, start = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  let crc = 0xffffffff;
  let i = start;
  const fullEnd = start + ((data.length - start) & ~7);
  while (i < fullEnd) {
    crc ^= data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24);
    crc =
      t7[crc & 0xff]! ^
      t6[(crc >>> 8) & 0xff]! ^
      t5[(crc >>> 16) & 0xff]! ^
      t4[crc >>> 24]! ^
      t3[data[i + 4]!]! ^
      t2[data[i + 5]!]! ^
      t1[data[i + 6]!]! ^
      t0[data[i + 7]!]!;
    i += 8;
  }
  while (i < data.length) crc = t0[(crc ^ data[i++]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
