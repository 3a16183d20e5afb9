import { type Clock, type TimerHandle } from '../../../../pkg/devbroker/clock.js';

interface Pending {
  readonly id: number;
  readonly due: number;
  readonly fn: () => void;
}

/** Time that only passes when a test says so; timers fire in order of their due time, then of their start. */
export class VirtualClock implements Clock {
  #now: number;
  #nextId = 1;
  #pending: Pending[] = [];

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** How many timers are running. */
  get size(): number {
    return this.#pending.length;
  }

  setTimeout(fn: () => void, ms: number): TimerHandle {
    const timer = { id: this.#nextId++, due: this.#now + Math.max(ms, 0), fn };
    const at = this.#pending.findIndex(({ due }) => due > timer.due);
    this.#pending.splice(at === -1 ? this.#pending.length : at, 0, timer);
    return timer.id;
  }

  clearTimeout(handle: TimerHandle): void {
    this.#pending = this.#pending.filter(({ id }) => id !== handle);
  }

  /** Lets `ms` pass. Promises that a timer settles are followed before the next timer fires. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#pending[0];
      if (next === undefined || next.due > end) break;
      this.#pending.shift();
      this.#now = next.due;
      next.fn();
      await settle();
    }
    this.#now = end;
  }
}

/** Lets promises that are settled already reach whoever waits for them. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await Promise.resolve();
}
