import { setTimeout } from 'node:timers/promises';

const POLL_MS = 10;

/**
 * Waits until `condition` returns a truthy value without throwing, and returns that value.
 *
 * @param options.timeoutMs default 10,000. @param options.what names the condition in the error.
 * @throws Error naming the condition, with the last failure as its cause.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  options: { readonly timeoutMs?: number; readonly what?: string | (() => string) } = {},
): Promise<NonNullable<T>> {
  const { timeoutMs = 10_000, what = condition.toString() } = options;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) break;
    await setTimeout(POLL_MS);
  }
  const name = typeof what === 'string' ? what : what();
  throw new Error(`not within ${timeoutMs} ms: ${name}`, { cause });
}
