/** What a {@link Clock} hands out for a started timer. */
export type TimerHandle = object | number;

/** Time as the broker sees it, so that a test can hold, skip and order it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fn` once after `ms` milliseconds, never before this call has returned. */
  setTimeout(fn: () => void, ms: number): TimerHandle;
  /** Guarantees that the timer's function is not called any more; an ended timer is ignored. */
  clearTimeout(handle: TimerHandle): void;
}

/** The process's own time. Its timers are unref'ed: the listener keeps the process alive as long as it runs. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms).unref(),
  clearTimeout: (handle) => {
    clearTimeout(handle as NodeJS.Timeout);
  },
};
