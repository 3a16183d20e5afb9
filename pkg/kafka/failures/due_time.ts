import type { HeaderMap } from '../driver.js';
import { DUE_HEADER } from './dead_letter_headers.js';
import { lastHeader, readBigInteger } from './header_values.js';

/**
 * When a message of a retry topic is to be tried, in milliseconds since the epoch; undefined when that is
 * now, or it does not say.
 */
export function dueAt({ record }: { readonly record: { readonly headers: HeaderMap } }): number | undefined {
  const header = lastHeader(record.headers, DUE_HEADER);
  const due = header === undefined ? undefined : readBigInteger(header);
  return due === undefined || due <= BigInt(Date.now()) ? undefined : Number(due);
}
