/** Milliseconds, about 24.8 days: timers of the platform that are longer fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls once after so many milliseconds, however many they are; never after Infinity.
 *
 * @param unref whether the process may end before
 * @returns what calls it off
 */
export function longTimeout(call: () => void, ms: number, { unref = false } = {}): () => void {
  let rest = ms;
  let timer: NodeJS.Timeout | undefined;
  const arm = () => {
    if (rest === Infinity) return;
    const part = Math.min(rest, MAX_TIMER_MS);
    timer = setTimeout(() => {
      rest -= part;
      if (rest > 0) arm();
      else call();
    }, part);
    if (unref) timer.unref();
  };
  arm();
  return () => {
    clearTimeout(timer);
  };
}
