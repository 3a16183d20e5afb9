import { InvalidOption } from './errors.js';

/** A place in a partition: an offset, an end, or the first message from a time on (the end where there is none). */
export type OffsetTarget = 'earliest' | 'latest' | Date | bigint;

const OFFSET = 'an offset from 0n on';

/** @throws InvalidOption for what is no place in a partition, such as a date that is none or an offset below 0 */
export function checkOffsetTarget(name: string, value: unknown): void {
  const isDate = value instanceof Date && !Number.isNaN(value.getTime());
  if (value === 'earliest' || value === 'latest' || isDate || isOffset(value)) return;
  throw new InvalidOption(name, value, `'earliest', 'latest', ${OFFSET}, or a Date that is valid`);
}

/** @throws InvalidOption for what is no offset of a message */
export function checkOffset(name: string, value: unknown): void {
  if (!isOffset(value)) throw new InvalidOption(name, value, OFFSET);
}

/** Milliseconds since the epoch; brokers take those before it for something else, such as the end. */
export function timeOf(date: Date): number {
  return Math.max(0, date.getTime());
}

/** The offset, or the nearer end of its partition where that does not have it. */
export function within(offset: bigint, low: bigint, high: bigint): bigint {
  if (offset < low) return low;
  return offset > high ? high : offset;
}

function isOffset(value: unknown): boolean {
  return typeof value === 'bigint' && value >= 0n;
}
