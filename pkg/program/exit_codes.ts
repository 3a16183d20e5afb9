/**
 * Exit codes, numbered as in BSD's sysexits.h and by shells, so that a supervisor can tell "start it
 * again later" from "a person must change something".
 */
export const ExitCode = {
  OK: 0,
  /** What was asked for could not be done; the message says why. */
  FAILED: 1,
  /** EX_USAGE: the command line makes no sense. */
  USAGE: 64,
  /** EX_UNAVAILABLE: something the program needs is not running; starting again later may help. */
  UNAVAILABLE: 69,
  /** EX_CONFIG: the configuration is wrong; starting again without a change cannot help. */
  CONFIG: 78,
  /** Interrupted before it was done: 128 and the number of SIGINT. */
  INTERRUPTED: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
