import { type Clock } from '../clock.js';
import { AddedFault, type Fault, type FaultMoment, type FaultOptions } from './fault.js';
import { type FaultTarget, type KnownTopics, targetsOf } from './targets.js';

/** A request that faults may befall. */
export interface FaultableRequest {
  /** The API's name. */
  api: string;
  /** The node that it was sent to. */
  node: number;
  /** The decoded body. */
  body: unknown;
  /** Aborted when its connection has gone. */
  signal: AbortSignal;
}

/** What became of a request, or of its answer, under its faults. */
export type FaultOutcome = 'go on' | 'disconnect' | 'drop';

/** The faults that befall one request. */
export interface RequestFaults {
  /** Waits where faults say so, and tells what is to happen. */
  at(moment: FaultMoment): Promise<FaultOutcome>;
  /** The error code that is to be answered for a part of the request, 0 for none. */
  errorFor(target?: FaultTarget): number;
}

const NO_FAULTS: RequestFaults = {
  at: () => Promise.resolve('go on'),
  errorFor: () => 0,
};

/** Faults that a test brings on: errors, delays, lost answers and connections. */
export class Faults {
  readonly #faults = new Set<AddedFault>();
  readonly #clock: Clock;
  readonly #apiNames: readonly string[];
  readonly #topics: KnownTopics;

  constructor(options: { clock: Clock; apiNames: readonly string[]; topics: KnownTopics }) {
    this.#clock = options.clock;
    this.#apiNames = options.apiNames;
    this.#topics = options.topics;
  }

  /**
   * Brings a fault on from the next request on. Several faults may befall one request: their waits add up, and of
   * several errors for one place the one that was added first is answered.
   * @throws RangeError for an API that is not served and for numbers out of range
   */
  add(options: FaultOptions): Fault {
    for (const api of [options.api ?? []].flat()) {
      if (!this.#apiNames.includes(api)) {
        throw new RangeError(`there is no API ${api} here, only ${this.#apiNames.join(', ')}`);
      }
    }
    const fault = new AddedFault(options, (removed) => this.#faults.delete(removed));
    this.#faults.add(fault);
    return fault;
  }

  /** Takes all faults away; what they hold goes on. */
  clear(): void {
    for (const fault of [...this.#faults]) fault.remove();
  }

  /** The faults that befall a request; they are used by this. */
  befalling({ api, node, body, signal }: FaultableRequest): RequestFaults {
    if (this.#faults.size === 0) return NO_FAULTS;
    let known: readonly FaultTarget[] | undefined;
    const targets = () => (known ??= targetsOf(body, this.#topics));
    const faults = [...this.#faults].filter((fault) => fault.befalls({ api, node, targets }));
    if (faults.length === 0) return NO_FAULTS;
    return {
      at: (moment) => this.#happen(faults, moment, signal),
      errorFor: (target = {}) =>
        faults.find((fault) => fault.errorCode !== null && fault.covers(target))?.errorCode ?? 0,
    };
  }

  async #happen(faults: AddedFault[], moment: FaultMoment, signal: AbortSignal): Promise<FaultOutcome> {
    for (const fault of faults) {
      const held = fault.heldAt(moment);
      if (held) await untilGone(held, signal);
      const delayMs = fault.delayAt(moment);
      if (delayMs > 0) await this.#delay(delayMs, signal);
    }
    if (faults.some((fault) => fault.disconnectsAt(moment))) return 'disconnect';
    return moment === 'after' && faults.some(({ drops }) => drops) ? 'drop' : 'go on';
  }

  async #delay(ms: number, signal: AbortSignal): Promise<void> {
    let end: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const timer = this.#clock.setTimeout(end, ms);
    await untilGone(over, signal);
    this.#clock.clearTimeout(timer);
  }
}

/** Waits for `wait`, or until the connection has gone. */
function untilGone(wait: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', done);
    void wait.then(done);
  });
}
