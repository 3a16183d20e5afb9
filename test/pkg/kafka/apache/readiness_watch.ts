import { setTimeout as pause } from 'node:timers/promises';
import type { Load } from './load.js';

const SAMPLE_EVERY_MS = 100;
/** A node that is gone refuses at once; one that starts beside it may take the processor from those that answer. */
const PING_MS = 5_000;

/** One probe of readiness: whether a broker answered, and whether the members were in their group. */
interface Sample {
  readonly began: number;
  readonly ended: number;
  readonly answers: boolean;
  readonly joined: boolean;
}

/** Asks a load all the time whether it is ready, as a probe would, and remembers what was said when. */
export class ReadinessWatch {
  readonly #samples: Sample[] = [];
  #watching: Promise<void> | undefined;
  #over = false;

  private constructor(private readonly load: Load) {}

  /** Resolves with the first answer, after which it goes on by itself. */
  static async of(load: Load): Promise<ReadinessWatch> {
    const watch = new ReadinessWatch(load);
    await watch.#probe();
    watch.#watching = watch.#watch();
    return watch;
  }

  /** Ends it; what was seen stays. */
  async stop(): Promise<void> {
    this.#over = true;
    await this.#watching;
  }

  /** Whether it was ready, each answer that differs from the one before it. */
  get sequence(): boolean[] {
    return changesOf(this.#samples.map(({ answers, joined }) => answers && joined));
  }

  /** The same of whether a broker answered, whatever became of the group. */
  get answers(): boolean[] {
    return changesOf(this.#samples.map(({ answers }) => answers));
  }

  /** The answers to probes that began and ended in this time, as of `performance.now()`. */
  between(from: number, to: number): boolean[] {
    return this.#samples
      .filter(({ began, ended }) => began >= from && ended <= to)
      .map(({ answers, joined }) => answers && joined);
  }

  async #watch(): Promise<void> {
    while (!this.#over) {
      await pause(SAMPLE_EVERY_MS);
      await this.#probe();
    }
  }

  async #probe(): Promise<void> {
    const began = performance.now();
    const state = await this.load.readiness(PING_MS);
    this.#samples.push({ began, ended: performance.now(), ...state });
  }
}

function changesOf(states: readonly boolean[]): boolean[] {
  return states.filter((state, index) => state !== states[index - 1]);
}
