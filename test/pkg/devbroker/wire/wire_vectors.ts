import { readFileSync } from 'node:fs';

/** A message as Apache Kafka's own classes encode it; RecordWireVectors.java beside this file makes them. */
export interface WireVector {
  api: string;
  key: number;
  message: 'request' | 'response';
  /** What the message holds, by the protocol's field names; fields of all versions together. */
  values: Record<string, unknown>;
  /** The encoded bytes in hexadecimal by version; a version that is missing is encoded as the one before it. */
  versions: Record<string, string>;
}

/** Every recorded message. */
export const wireVectors: readonly WireVector[] = readFileSync(
  'test/pkg/devbroker/wire/wire_vectors.txt',
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as WireVector);

/** The bytes of `version`. @throws when none were recorded */
export function bytesOf(vector: WireVector, version: number): Buffer {
  for (let known = version; known >= 0; known--) {
    const hex = vector.versions[known];
    if (hex !== undefined) return Buffer.from(hex, 'hex');
  }
  throw new Error(`no bytes of ${vector.api} ${vector.message} version ${version} were recorded`);
}
