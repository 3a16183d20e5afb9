/**
 * Exit codes of the programs under cmd/, numbered as in BSD's sysexits.h so that a supervisor can tell
 * "start it again later" from "a person must change something".
 */
export const ExitCode = {
  /** EX_UNAVAILABLE: something the program needs is not running; starting again later may help. */
  UNAVAILABLE: 69,
  /** EX_CONFIG: the configuration is wrong; starting again without a change cannot help. */
  CONFIG: 78,
} as const;
