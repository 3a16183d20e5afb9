import { type Clock } from './clock.js';

/** A deadline that can be moved: of several starts only the last one ends in a call. */
export class Timer {
  #cancel: (() => void) | undefined;

  start(clock: Clock, ms: number, fn: () => void): void {
    this.stop();
    const handle = clock.setTimeout(() => {
      this.#cancel = undefined;
      fn();
    }, ms);
    this.#cancel = () => {
      clock.clearTimeout(handle);
    };
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
