import { InvalidArgumentError } from 'commander';
import { type OffsetTarget } from '../kafka/index.js';

/** For repeated `name=value` options. */
export function collectPairs(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('Write it as name=value.');
  }
  return { ...previous, [name]: value };
}

/** A parser of whole numbers from `least` on. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < least || !Number.isSafeInteger(value)) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} on.`);
    }
    return value;
  };
}

/** For repeated partition numbers. */
export function collectPartitions(text: string, previous: readonly number[] = []): number[] {
  return [...previous, wholeNumber(0)(text)];
}

/** A place in a partition. */
export function position(text: string): OffsetTarget {
  if (text === 'earliest' || text === 'latest') return text;
  if (/^\d+$/.test(text)) return BigInt(text);
  return timeOf(text, 'earliest, latest, an offset, or a time');
}

/** A point in time. */
export function moment(text: string): Date {
  return timeOf(text, 'a time');
}

/** @param taken what the option takes, with a time as the last of it */
function timeOf(text: string, taken: string): Date {
  // Date.parse takes much more than ISO 8601, such as lone words and numbers.
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError(`It must be ${taken} such as 2026-01-31T12:00:00Z.`);
  }
  return new Date(time);
}
