import { existsSync } from 'node:fs';
import path from 'node:path';
import { ExitCode } from '../pkg/program/index.js';
import { ConfigError } from './config_error.js';
import { defaultsBeyondSchema } from './defaults.js';
import { readEnvironment, type Environment } from './environment.js';
import { listFields, type Field } from './fields.js';
import { readFlags } from './flags.js';
import { kafkaSecurityProblems } from './kafka_security_rules.js';
import type { Layer } from './layer.js';
import { productionProblems } from './production_rules.js';
import { projectRoot } from './project_root.js';
import { configSchema, type Config } from './schema.js';
import { validateEach } from './validate.js';
import { readYamlFile } from './yaml_file.js';

export { ConfigError, type ConfigProblem } from './config_error.js';
export type { Environment } from './environment.js';
export type { Config } from './schema.js';

/** Where the configuration is read from. */
export interface LoadOptions {
  /** Default: process.env. */
  readonly env?: Environment;
  /** Folder of config.yaml; default: `config/` beside the nearest package.json. */
  readonly dir?: string;
  /** Values by path, as in `{'KAFKA.BROKERS': 'a:9092,b:9092'}`; read as text, like the environment. */
  readonly flags?: Readonly<Record<string, string>>;
}

/** The configuration, and for each key where its value came from (as in ConfigProblem.source). */
export interface LoadedConfig {
  readonly config: Config;
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Loads, merges and validates the configuration. Later wins: the schema's defaults, `config.yaml`,
 * `config.<APP_ENV>.yaml` where present, the environment, the flags. The result is frozen to its leaves.
 *
 * @throws ConfigError with every problem that was found.
 */
export function loadConfig(options: LoadOptions = {}): Config {
  return loadConfigWithSources(options).config;
}

/** loadConfig that also tells where each value came from. */
export function loadConfigWithSources({
  env = process.env,
  dir,
  flags = {},
}: LoadOptions = {}): LoadedConfig {
  const fields = listFields(configSchema);
  const root = projectRoot();
  const folder = dir ?? path.join(root, 'config');
  const base = readYamlFile(path.join(folder, 'config.yaml'), fields);
  const fromEnv = readEnvironment(env, fields);
  const fromFlags = readFlags(flags, fields);

  const mode = [fromFlags, fromEnv, base].map((layer) => layer.values.get('APP.ENV')?.value).find(Boolean);
  const forMode = modeLayer(folder, mode, fields);
  const layers = [defaultsBeyondSchema(root, mode, fields), base, forMode, fromEnv, fromFlags];
  const given = new Map(layers.flatMap((layer) => [...layer.values]));
  const sourceOf = (key: string): string => given.get(key)?.source ?? 'default';

  const { values, problems } = validateEach(fields, given);
  const all = [
    ...layers.flatMap((layer) => layer.problems),
    ...problems,
    ...productionProblems({ values, sourceOf }),
    ...kafkaSecurityProblems({ values, sourceOf }),
  ];
  if (!existsSync(folder)) {
    const what = 'the folder does not exist';
    all.push({ path: folder, source: 'dir', what, mend: 'give the folder that holds config.yaml' });
  }
  if (all.length > 0) throw new ConfigError(all);
  return {
    config: configSchema.parse(nest(values)),
    sources: new Map(fields.map((field) => [field.path, sourceOf(field.path)])),
  };
}

/**
 * loadConfig for a program's main: where the configuration is wrong, lists the problems on stderr and exits
 * with ExitCode.CONFIG (78).
 */
export function loadConfigOrExit(options: LoadOptions = {}): Config {
  try {
    return loadConfig(options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(ExitCode.CONFIG);
  }
}

/** The file of one environment; it cannot choose another environment than the one that chose it. */
function modeLayer(folder: string, mode: unknown, fields: readonly Field[]): Layer {
  // Anything else than a plain name is refused by the schema, and must not become part of a file's path.
  const name = mode === undefined ? 'development' : mode;
  if (typeof name !== 'string' || !/^[a-z]+$/.test(name)) return { values: new Map(), problems: [] };
  const { values, problems } = readYamlFile(path.join(folder, `config.${name}.yaml`), fields);
  const own = values.get('APP.ENV');
  if (own === undefined || own.value === name) return { values, problems };
  const what = `${JSON.stringify(own.value)} differs from the environment "${name}" that this file is for`;
  const problem = { path: 'APP.ENV', source: own.source, what, mend: 'remove the line; set APP_ENV' };
  return { values, problems: [...problems, problem] };
}

function nest(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, value] of values) {
    const parts = key.split('.');
    const leaf = parts.pop() ?? key;
    let group = root;
    for (const part of parts) group = (group[part] ??= {}) as Record<string, unknown>;
    // A group without any value is there nevertheless.
    if (value !== undefined) group[leaf] = value;
  }
  return root;
}
