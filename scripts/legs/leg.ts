/** What a leg needs from its surroundings and gives back when it is over. */
export interface Prepared {
  /** Variables for the leg's program; undefined takes one away. */
  env?: Readonly<Record<string, string | undefined>>;
  /** The Node.js to run it with, instead of this one. */
  node?: string;
  /** A line for the leg's heading. */
  note?: string;
  /** Always called when the leg is over, however it went. */
  release?: () => Promise<void>;
}

/** One step of a test run: a program for Node.js. */
export interface Leg {
  name: string;
  /** The arguments of node. */
  args: readonly string[];
  /** tests: Mocha with the counting reporter, each test counts; exit: the program counts as one test. */
  counts: 'tests' | 'exit';
  /** The name of an earlier leg without which this one cannot work. */
  needs?: string;
  /** true: no other leg runs at the same time. */
  alone?: boolean;
  /**
   * Called before the program starts.
   * @throws CannotRunError where the leg cannot run on this machine.
   */
  prepare?: () => Promise<Prepared>;
  /** Milliseconds after which the leg is ended and counts as failed; ten minutes by default. */
  timeoutMs?: number;
}

/** How a leg went. */
export interface Counts {
  passed: number;
  failed: number;
}

/** How the tests of a Mocha leg went. */
export interface MochaCounts extends Counts {
  /** A line for each that failed: its titles and the beginning of its error. */
  failures: readonly string[];
  /** A line for each time that a test failed and was tried again. */
  retried: readonly string[];
}

/** This machine lacks what a leg needs: outside of CI no failure. The message says what is lacking. */
export class CannotRunError extends Error {
  override name = 'CannotRunError';
}
