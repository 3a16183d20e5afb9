/**
 * Does things later, in the order in which they were asked for: whatever each of them is to wait for, none
 * comes before one that was there first. Timers of their own would not do, as two that are due at one instant may fire
 * in another order.
 */
export class DelayLine {
  readonly #waiting: { readonly at: number; readonly run: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Runs it after so many milliseconds; at once where nothing waits and the time is 0. */
  add(ms: number, run: () => void): void {
    if (ms <= 0 && this.#waiting.length === 0) {
      run();
      return;
    }
    const last = this.#waiting.at(-1)?.at ?? 0;
    this.#waiting.push({ at: Math.max(last, performance.now() + ms), run });
    this.#timer ??= this.#arm();
  }

  /** Forgets what waits. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.length = 0;
  }

  #arm(): NodeJS.Timeout | undefined {
    const [next] = this.#waiting;
    if (next === undefined) return undefined;
    return setTimeout(
      () => {
        this.#runDue();
      },
      Math.max(0, next.at - performance.now()),
    );
  }

  #runDue(): void {
    const now = performance.now();
    for (let [next] = this.#waiting; next !== undefined && next.at <= now; [next] = this.#waiting) {
      this.#waiting.shift();
      next.run();
    }
    this.#timer = this.#arm();
  }
}
