import type { IHeaders } from 'kafkajs';
import type { HeaderMap } from '../driver.js';

/**
 * kafkajs collects headers in a plain object, so that one named like a member of Object.prototype
 * ("constructor") comes with that member before it; only bytes are kept. A null value becomes empty.
 */
export function toHeaderMap(headers: IHeaders | undefined): HeaderMap {
  if (headers === undefined) return {};
  if (isClean(headers)) return headers;
  const entries: [string, Buffer | Buffer[]][] = [];
  for (const [name, value] of Object.entries(headers)) {
    const values = (Array.isArray(value) ? value : [value]).map(toBytes).filter((item) => item !== undefined);
    const [only] = values;
    if (only !== undefined) entries.push([name, values.length === 1 ? only : values]);
  }
  return Object.fromEntries(entries);
}

/** True when there is nothing to correct: the usual case, which costs no copy. */
function isClean(headers: IHeaders): headers is Record<string, Buffer> {
  for (const name in headers) if (!Buffer.isBuffer(headers[name])) return false;
  return true;
}

function toBytes(value: unknown): Buffer | undefined {
  if (Buffer.isBuffer(value)) return value;
  return value === null ? Buffer.alloc(0) : undefined;
}
