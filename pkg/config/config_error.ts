/** One thing that is wrong with the configuration, and how to mend it. */
export interface ConfigProblem {
  /** Path of the key, as in `HTTP.PORT`, or the unknown name as it was given. */
  readonly path: string;
  /** Where the value came from: `env HTTP_PORT`, `config/config.yaml:12`, `flag HTTP.PORT`, `default`. */
  readonly source: string;
  /** What is wrong with it; secret values are not shown. */
  readonly what: string;
  readonly mend: string;
}

/** The configuration cannot be used; `message` lists every problem that was found, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    const title = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`The configuration has ${title}:`, ...problems.map(describe)].join('\n'));
  }
}

function describe({ path, source, what, mend }: ConfigProblem, index: number): string {
  return `  ${index + 1}. ${path} (${source}): ${what}. Mend: ${mend}${mend.endsWith('?') ? '' : '.'}`;
}
