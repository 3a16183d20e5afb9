import { unlessAborted } from '../async.js';

/** Does work one at a time for each key, in the order of the calls; that of different keys does not wait. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** @returns what `work` returns, or undefined when the signal was aborted before its turn came */
  async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    const before = this.#last.get(key) ?? Promise.resolve();
    let end = (): void => undefined;
    const own = new Promise<void>((resolve) => (end = resolve));
    // Also a turn that was given up passes on only when those before it are over.
    const last = before.then(() => own);
    this.#last.set(key, last);
    void last.then(() => {
      if (this.#last.get(key) === last) this.#last.delete(key);
    });
    try {
      await unlessAborted(before, signal);
      return signal.aborted ? undefined : await work();
    } finally {
      end();
    }
  }
}
