import type { HeaderMap } from '../driver.js';
import { DUE_HEADER } from './dead_letter_headers.js';
import { lastHeader, readBigInteger } from './header_values.js';

/**
 * When a message of a retry topic is to be tried, in milliseconds since the epoch; undefined when that is
 * now, or it does not say. What others wrote there cannot hold up its partition for longer than the topic's
 * delay.
 *
 * @param delayMs that delay, from the time when the message was stored
 */
export function dueAt(
  { headers, timestamp }: { readonly headers: HeaderMap; readonly timestamp: number },
  delayMs: number,
): number | undefined {
  const header = lastHeader(headers, DUE_HEADER);
  const told = header === undefined ? undefined : readBigInteger(header);
  if (told === undefined) return undefined;
  const due = Math.min(Number(told), timestamp + delayMs);
  return due <= Date.now() ? undefined : due;
}
