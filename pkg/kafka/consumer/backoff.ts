/** Exponential backoff: `initialMs` doubled for each failure after the first, at most `maxMs`, plus or minus jitter. */
export interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
  /** 0 to 1: the part of the delay that is random, either way. */
  readonly jitter: number;
}

/**
 * Milliseconds to wait after the given number of failures (from 1 on), never above `maxMs`.
 *
 * @param random a number from 0 to 1, for tests.
 */
export function delayAfter(failures: number, backoff: Backoff, random: () => number = Math.random): number {
  const exponent = Math.min(Math.max(failures, 1) - 1, 30);
  const delay = Math.min(backoff.initialMs * 2 ** exponent, backoff.maxMs);
  const factor = 1 + backoff.jitter * (2 * random() - 1);
  return Math.min(Math.round(delay * factor), backoff.maxMs);
}
