import crypto, { type UUID } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { TimerOptions } from 'node:timers';
import timers from 'node:timers/promises';
import sinon, { type SinonFakeTimers } from 'sinon';
import { seededRandom } from '../../../../../pkg/devbroker/random.js';

/** Turns of the event loop between two timers: what is read and written in memory has come through by then. */
const TURNS = 4;

/**
 * Time, chance and ids that depend on a seed alone. Streams in memory and promises run in a fixed order
 * between two timers, so that a run can be repeated.
 */
export class VirtualTime {
  /** An uncaught exception can fail a test without ending what it runs. */
  static #running: VirtualTime | undefined;

  readonly #sandbox = sinon.createSandbox();
  readonly #clock: SinonFakeTimers;

  constructor(seed: number) {
    VirtualTime.#running?.end();
    VirtualTime.#running = this;
    this.#clock = this.#sandbox.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
      loopLimit: 1_000_000,
    });
    this.#sandbox.stub(Math, 'random').callsFake(seededRandom(seed));
    const random = seededRandom(seed + 1);
    this.#sandbox.stub(crypto, 'randomUUID').callsFake(() => uuidOf(random));
    this.#sandbox.stub(timers, 'setTimeout').callsFake(timerOf);
    // What was imported by name follows.
    syncBuiltinESMExports();
  }

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#clock.now;
  }

  /** Resolves after so many milliseconds. */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Moves the clock from timer to timer while the work goes on. @throws when it takes longer than `limitMs` */
  async run<T>(what: string, work: Promise<T>, limitMs: number): Promise<T> {
    const state = { ended: false };
    const end = () => (state.ended = true);
    work.then(end, end);
    const deadline = this.now + limitMs;
    for (;;) {
      for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (state.ended) return work;
      if (this.now > deadline) throw new Error(`${what}: not within ${limitMs} ms`);
      if (this.#clock.countTimers() === 0) throw new Error(`${what}: nothing will happen any more`);
      this.#clock.next();
    }
  }

  /** Resolves when the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.pass(50);
  }

  /** Gives the real time back. */
  end(): void {
    this.#sandbox.restore();
    syncBuiltinESMExports();
  }
}

/** The promise of a timer of the virtual clock. */
function timerOf(ms?: number, value?: unknown, { signal }: TimerOptions = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, value);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

function uuidOf(random: () => number): UUID {
  const part = () =>
    Math.floor(random() * 0x10000)
      .toString(16)
      .padStart(4, '0');
  return `${part()}${part()}-${part()}-${part()}-${part()}-${part()}${part()}${part()}`;
}
