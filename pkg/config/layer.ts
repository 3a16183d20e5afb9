import type { ConfigProblem } from './config_error.js';
import { didYouMean } from './did_you_mean.js';

/** A value as one source gave it, not validated yet. */
export interface Given {
  readonly value: unknown;
  /** As in ConfigProblem.source. */
  readonly source: string;
  /** The file that it was read from, where it is a secret. */
  readonly file?: string;
}

/** What one source (a file, the environment, the flags) says: values by path, and what it got wrong. */
export interface Layer {
  readonly values: ReadonlyMap<string, Given>;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Says which known name an unknown one was probably meant to be, or lists what there is. Only names under
 * `prefix` are compared, and without it: the prefix matches anyway and would make all of them look near.
 */
export function suggest(name: string, known: readonly string[], prefix = ''): string {
  const siblings = known.filter((candidate) => candidate.startsWith(prefix));
  const near = didYouMean(
    name.slice(prefix.length),
    siblings.map((candidate) => candidate.slice(prefix.length)),
  );
  return near === undefined
    ? `remove it; known here: ${siblings.join(', ')}`
    : `did you mean ${prefix}${near}?`;
}
