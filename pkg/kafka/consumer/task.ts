import type { FetchedRecord, HeaderMap } from '../driver.js';
import type { LaneMember } from './lanes.js';
import type { Linked } from './linked_list.js';
import type { OffsetSpan } from './offset_tracker.js';
import type { PartitionWork } from './partition_work.js';

/** One message on its way from being begun to being finished. */
export class Task implements LaneMember<Task>, Linked<Task> {
  lane: number | undefined = undefined;
  behind: Task | undefined = undefined;
  last: Task | undefined = undefined;
  neighbour: Task | undefined = undefined;
  previous: Task | undefined = undefined;
  next: Task | undefined = undefined;
  /** How often the handler was called. */
  deliveries = 0;
  /** Failures that count towards the limit of attempts. */
  failures = 0;
  /** Milliseconds since the epoch. */
  firstFailedAt: number | undefined = undefined;

  constructor(
    readonly work: PartitionWork,
    readonly span: OffsetSpan,
    readonly index: number,
    public record: FetchedRecord,
  ) {}
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

function detachedHeaders(headers: HeaderMap): HeaderMap {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((item) => Buffer.from(item)) : Buffer.from(value),
    ]),
  );
}
