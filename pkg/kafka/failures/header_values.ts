import type { HeaderMap } from '../driver.js';

/** A header as Spring writes a Java `int`: 4 bytes, the highest first. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** A header as Spring writes a Java `long`: 8 bytes, the highest first. */
export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

/** A header as Spring writes a Java `BigInteger`: two's complement in as few bytes as hold it, the highest first. */
export function bigInteger(value: bigint): Buffer {
  let bits = 8n;
  while (BigInt.asIntN(Number(bits), value) !== value) bits += 8n;
  const hex = BigInt.asUintN(Number(bits), value)
    .toString(16)
    .padStart(Number(bits / 4n), '0');
  return Buffer.from(hex, 'hex');
}

/** Reads {@link bigInteger}; undefined when the bytes are none, or more than a time needs. */
export function readBigInteger(bytes: Buffer): bigint | undefined {
  if (bytes.length === 0 || bytes.length > 8) return undefined;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
}

/** The last value of a header, as readers of repeated headers do. */
export function lastHeader(headers: HeaderMap, name: string): Buffer | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.at(-1) : value;
}
