import type { ReadRecord, HeaderMap } from '../driver.js';

/** A copy that pins nothing of the response in which the record came. */
export function detached(record: ReadRecord): ReadRecord {
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
