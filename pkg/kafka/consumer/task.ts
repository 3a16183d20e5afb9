import type { FetchedRecord, HeaderMap } from '../driver.js';
import type { Chunk } from './chunk.js';
import type { LaneMember } from './lanes.js';
import type { PartitionWork } from './partition_work.js';

/** One message on its way from being begun to being finished. */
export class Task implements LaneMember {
  lane: LaneMember['lane'];
  behind: LaneMember | undefined;
  /** How often the handler was called. */
  deliveries = 0;
  /** Failures that count towards the limit of attempts. */
  failures = 0;
  /** Milliseconds since the epoch. */
  firstFailedAt: number | undefined;

  constructor(
    readonly work: PartitionWork,
    readonly chunk: Chunk,
    readonly index: number,
  ) {}

  get record(): FetchedRecord {
    return this.chunk.recordAt(this.index);
  }
}

/** A copy that pins nothing of the response in which the record came. */
export function detached(record: FetchedRecord): FetchedRecord {
  return {
    ...record,
    key: record.key === null ? null : Buffer.from(record.key),
    value: record.value === null ? null : Buffer.from(record.value),
    headers: detachedHeaders(record.headers),
  };
}

/** Bytes of key, value and headers. */
export function sizeOf({ key, value, headers }: FetchedRecord): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0);
  for (const name of Object.keys(headers)) {
    const bytes = headers[name];
    if (bytes === undefined) continue;
    size += name.length;
    if (Array.isArray(bytes)) for (const item of bytes) size += item.length;
    else size += bytes.length;
  }
  return size;
}

function detachedHeaders(headers: HeaderMap): HeaderMap {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((item) => Buffer.from(item)) : Buffer.from(value),
    ]),
  );
}
