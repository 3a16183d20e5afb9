/**
 * Settles like `work`, or rejects with `onTimeout()` after `ms` milliseconds. The work itself goes on; its
 * later rejection is taken care of.
 */
export async function withTimeout<T>(work: Promise<T>, ms: number, onTimeout: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(onTimeout());
    }, ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** True when `work` settled, either way, within `ms` milliseconds. */
export async function settlesWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const settled = work.then(
    () => true,
    () => true,
  );
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([settled, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

const onAborts = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls when the signal is aborted, which it is not yet. The signal gets one listener, however many wait for it: it
 * would warn of more than ten, and take longer with each to remove one.
 *
 * @returns what calls it off
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  const waiting = onAborts.get(signal) ?? listenTo(signal);
  waiting.add(call);
  return () => {
    waiting.delete(call);
  };
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const waiting = new Set<() => void>();
  onAborts.set(signal, waiting);
  const tellAll = () => {
    for (const call of waiting) call();
  };
  signal.addEventListener('abort', tellAll, { once: true });
  return waiting;
}

/** Resolves after `ms` milliseconds, or as soon as `signal` is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      callOff();
      resolve();
    };
    const timer = setTimeout(end, ms);
    const callOff = onAbort(signal, end);
  });
}

/** Rejects with `toError()` once `signal` is aborted; never settles otherwise. */
export function rejectOnAbort(signal: AbortSignal, toError: () => Error): Promise<never> {
  return new Promise((_resolve, reject) => {
    onAbort(signal, () => {
      reject(toError());
    });
  });
}

/** Settles like `work`, or resolves with undefined as soon as `signal` is aborted; the work itself goes on. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) resolve(undefined);
    const callOff = onAbort(signal, () => {
      resolve(undefined);
    });
    work.then(resolve, reject).finally(callOff);
  });
}

/** Runs one piece of work after the other, in the order of the calls. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** What reading gives, or the fallback where it throws: of what was thrown, even asking for its type may. */
export function guardedRead<T>(read: () => T, fallback: T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}

/** The value as an Error, whatever was thrown. */
export function asError(thrown: unknown): Error {
  return guardedRead(() => thrown instanceof Error, false)
    ? (thrown as Error)
    : new Error(`a non-error was thrown: ${textOf(thrown)}`);
}

/** The value as text; values that refuse to be text have that of their type. */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return typeof value === 'object' ? '[object]' : `[${typeof value}]`;
  }
}
