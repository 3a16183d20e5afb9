import { InvalidOption } from './errors.js';
import { MAX_TIMER_MS } from './long_timeout.js';

/** What a number may be. */
export interface Range {
  readonly min: number;
  /** Infinity stands for no limit, and may be given. */
  readonly max: number;
  readonly whole?: boolean;
}

/** Milliseconds that a timer can wait. */
export const DURATION: Range = { min: 0, max: MAX_TIMER_MS };
/** ... between one time and the next. */
export const INTERVAL: Range = { min: 1, max: MAX_TIMER_MS };
/** Milliseconds, also without an end. */
export const LIMIT: Range = { min: 1, max: Infinity };
export const COUNT: Range = { min: 1, max: Infinity, whole: true };
export const SHARE: Range = { min: 0, max: 1 };
/** A number of the protocol with 32 bits. */
export const INT32: Range = { min: 1, max: 2 ** 31 - 1, whole: true };

/**
 * Checks numbers; those without a range may be anything.
 *
 * @param prefix what stands before a name, e.g. `retry.`
 * @throws InvalidOption for the first that is out of its range, or no number
 */
export function checkRanges<T extends object>(
  values: T,
  ranges: { readonly [K in keyof T]?: Range },
  prefix = '',
): void {
  for (const [name, range] of Object.entries<Range | undefined>(ranges)) {
    const value = (values as Readonly<Record<string, unknown>>)[name];
    if (range !== undefined && !isWithin(value, range)) {
      throw new InvalidOption(prefix + name, value, describe(range));
    }
  }
}

/** @throws InvalidOption unless the value is one of these */
export function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw new InvalidOption(name, value, choices.join(' or '));
}

function isWithin(value: unknown, { min, max, whole = false }: Range): boolean {
  if (typeof value !== 'number' || !(value >= min && value <= max)) return false;
  return !whole || value === Infinity || Number.isInteger(value);
}

function describe({ min, max, whole = false }: Range): string {
  const what = whole ? 'a whole number' : 'a number';
  return max === Infinity ? `${what} from ${min} on, or Infinity` : `${what} from ${min} to ${max}`;
}
