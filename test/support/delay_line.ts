/**
 * Does things later, in the order in which they were asked for: whatever each of them is to wait for, none
 * comes before one that was there first. Timers of their own would not do, as two that are due at one instant may fire
 * in another order.
 */
export class DelayLine {
  readonly #waiting: { readonly at: number; readonly run: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #held = false;

  /** Runs it after so many milliseconds; at once where nothing waits and the time is 0. Not while it is held. */
  add(ms: number, run: () => void): void {
    if (ms <= 0 && this.#waiting.length === 0 && !this.#held) {
      run();
      return;
    }
    const last = this.#waiting.at(-1)?.at ?? 0;
    this.#waiting.push({ at: Math.max(last, performance.now() + ms), run });
    this.#timer ??= this.#arm();
  }

  /** Does nothing more until {@link release}. */
  hold(): void {
    this.#held = true;
    this.#disarm();
  }

  /** Does what was due meanwhile, and goes on. */
  release(): void {
    this.#held = false;
    this.#disarm();
    this.#runDue();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#disarm();
    this.#waiting.length = 0;
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): NodeJS.Timeout | undefined {
    const [next] = this.#waiting;
    if (next === undefined || this.#held) return undefined;
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
