import { type ConfigProblem } from './config_error.js';

/** What a rule looks at: valid values by path; an invalid one is missing here, and reported already. */
export interface RuleCheck {
  readonly values: ReadonlyMap<string, unknown>;
  /** What the key of the mode stands at; undefined where that is not valid. */
  readonly mode: string | undefined;
  /** Where the value at a path came from. */
  readonly sourceOf: (path: string) => string;
}

/** Says what is wrong with keys that are valid each by itself. */
export type Rule = (check: RuleCheck) => readonly ConfigProblem[];
