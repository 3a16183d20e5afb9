import { type ConfigProblem } from './config_error.js';

/** What the rules look at: valid values by path; an invalid one is missing here, and reported already. */
export interface ProductionCheck {
  readonly values: ReadonlyMap<string, unknown>;
  /** Where the value at a path came from. */
  readonly sourceOf: (path: string) => string;
}

/** What is wrong with a configuration where APP.ENV is `production`. */
export type ProductionRule = (check: ProductionCheck) => ConfigProblem[];
