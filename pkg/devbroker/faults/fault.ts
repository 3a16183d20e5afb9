import { seededRandom } from '../random.js';
import { ErrorCode } from '../wire/errors.js';
import { type FaultTarget } from './targets.js';

/** Which requests a fault befalls: those for which everything that is given here holds. */
export interface FaultMatch {
  /** The protocol's name of the API, for example `Produce`; several, or none for all of them. */
  api?: string | readonly string[];
  topic?: string;
  partition?: number;
  group?: string;
  /** The node that the request was sent to. */
  node?: number;
}

/** How often a fault befalls the requests that it matches. */
export interface FaultFrequency {
  /** Requests that it befalls at most. Default 1, with `probability` Infinity. */
  times?: number;
  /** Chance that it befalls a request, above 0 to 1. Default 1. */
  probability?: number;
  /** Makes the chances repeatable. Default 1. */
  seed?: number;
}

/** When something happens to a request: before it is worked on, or after, when its answer is ready. */
export type FaultMoment = 'before' | 'after';

/** What a fault does; one thing each. */
export type FaultAction =
  /**
   * Answers this error, at once and without doing anything, in the place where the API has it: for each partition
   * of a fault with a topic or for all of them, else for the topic, the group or the whole.
   */
  | { error: keyof typeof ErrorCode | number }
  /** Lets the request, or its answer, wait for so many milliseconds. */
  | { delayMs: number; when?: FaultMoment }
  /** Lets the request, or its answer, wait until the fault is released. */
  | { hold: FaultMoment }
  /** Closes the connection before the request is worked on, or instead of answering it. */
  | { disconnect: FaultMoment }
  /** Does what is asked, but does not answer; the connection stays open. */
  | { drop: true };

export type FaultOptions = FaultMatch & FaultFrequency & FaultAction;

/** A fault that was added; it tells whether it was used. */
export interface Fault {
  /** How many requests it befell. */
  readonly used: number;
  /** Lets go of what is held, and of what it would hold from now on. */
  release(): void;
  /** Takes the fault away; what it holds goes on. */
  remove(): void;
  /** Resolves when the fault has befallen so many requests, by default one. */
  waitUntilUsed(times?: number): Promise<void>;
}

type AnyAction = Partial<{
  error: keyof typeof ErrorCode | number;
  delayMs: number;
  when: FaultMoment;
  hold: FaultMoment;
  disconnect: FaultMoment;
  drop: true;
}>;

/** A fault as the broker sees it. */
export class AddedFault implements Fault {
  used = 0;
  /** The error code to answer, or null when this fault is none that answers errors. */
  readonly errorCode: number | null;
  readonly #options: FaultMatch & AnyAction;
  readonly #apis: readonly string[] | null;
  readonly #times: number;
  readonly #strikes: () => boolean;
  readonly #waiting: { times: number; resolve: () => void }[] = [];
  readonly #onRemove: (fault: AddedFault) => void;
  readonly #released: Promise<void>;
  #release: () => void = () => undefined;

  /** @throws RangeError for an option out of range */
  constructor(options: FaultOptions, onRemove: (fault: AddedFault) => void) {
    const { api, probability = 1, seed = 1 } = options;
    const { times = options.probability === undefined ? 1 : Infinity } = options;
    if (!(times >= 1)) throw new RangeError(`a fault's times are 1 or more, not ${times}`);
    if (!(probability > 0 && probability <= 1)) {
      throw new RangeError(`a fault's probability is above 0 and at most 1, not ${probability}`);
    }
    this.#options = options;
    this.#apis = api === undefined ? null : typeof api === 'string' ? [api] : api;
    this.#times = times;
    const random = seededRandom(seed);
    this.#strikes = () => probability === 1 || random() < probability;
    this.#onRemove = onRemove;
    this.#released = new Promise((resolve) => {
      this.#release = resolve;
    });
    const { error } = this.#options;
    this.errorCode = error === undefined ? null : typeof error === 'number' ? error : ErrorCode[error];
  }

  /** Whether the fault befalls this request; when so, it is used. */
  befalls(request: { api: string; node: number; targets: () => readonly FaultTarget[] }): boolean {
    const { node } = this.#options;
    if (this.used >= this.#times) return false;
    if (this.#apis && !this.#apis.includes(request.api)) return false;
    if (node !== undefined && node !== request.node) return false;
    if (!request.targets().some((target) => this.covers(target)) || !this.#strikes()) return false;
    this.used += 1;
    for (const { times, resolve } of this.#waiting) if (times <= this.used) resolve();
    return true;
  }

  covers(target: FaultTarget): boolean {
    const { topic, partition, group } = this.#options;
    return (
      (topic === undefined || topic === target.topic) &&
      (partition === undefined || partition === target.partition) &&
      (group === undefined || group === target.group)
    );
  }

  /** Milliseconds to wait at this moment. */
  delayAt(moment: FaultMoment): number {
    const { delayMs = 0, when = 'before' } = this.#options;
    return when === moment ? delayMs : 0;
  }

  /** Settles when a request may go on that is held at this moment; null when none is. */
  heldAt(moment: FaultMoment): Promise<void> | null {
    return this.#options.hold === moment ? this.#released : null;
  }

  disconnectsAt(moment: FaultMoment): boolean {
    return this.#options.disconnect === moment;
  }

  get drops(): boolean {
    return this.#options.drop === true;
  }

  release(): void {
    this.#release();
  }

  remove(): void {
    this.#onRemove(this);
    this.#release();
  }

  waitUntilUsed(times = 1): Promise<void> {
    if (this.used >= times) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ times, resolve });
    });
  }
}
