import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, type ConfigProblem } from './config_error.js';
import { readEnvironment, type Environment } from './environment.js';
import { ExitCode } from './exit_codes.js';
import { listFields, readText, type Field } from './fields.js';
import { suggest, type Given, type Layer } from './layer.js';
import { productionProblems } from './production_rules.js';
import { configSchema, type Config } from './schema.js';
import { validateEach } from './validate.js';
import { readYamlFile } from './yaml_file.js';

export { ConfigError, type ConfigProblem } from './config_error.js';
export { ExitCode } from './exit_codes.js';
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
  const root = packageRoot();
  const folder = dir ?? path.join(root, 'config');
  const base = readYamlFile(path.join(folder, 'config.yaml'), fields);
  const fromEnv = readEnvironment(env, fields);
  const fromFlags = readFlags(flags, fields);

  const mode = [fromFlags, fromEnv, base].map((layer) => layer.values.get('APP.ENV')?.value).find(Boolean);
  const forMode = modeLayer(folder, mode, fields);
  const layers = [defaults(root, mode, fields), base, forMode, fromEnv, fromFlags];
  const given = new Map(layers.flatMap((layer) => [...layer.values]));
  const sourceOf = (key: string): string => given.get(key)?.source ?? 'default';

  const { values, problems } = validateEach(fields, given);
  const all = [
    ...layers.flatMap((layer) => layer.problems),
    ...problems,
    ...productionProblems({ values, sourceOf }),
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

/** Defaults that the schema cannot know: the package's version, and what differs in production. */
function defaults(root: string, mode: unknown, fields: readonly Field[]): Layer {
  const values = new Map<string, Given>();
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    values.set('APP.VERSION', { value: manifest.version, source: 'package.json' });
  }
  for (const field of mode === 'production' ? fields : []) {
    if (field.production !== undefined) {
      values.set(field.path, { value: field.production, source: 'default in production' });
    }
  }
  return { values, problems: [] };
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

function readFlags(flags: Readonly<Record<string, string>>, fields: readonly Field[]): Layer {
  const values = new Map<string, Given>();
  const problems: ConfigProblem[] = [];
  for (const [key, text] of Object.entries(flags)) {
    const field = fields.find((candidate) => candidate.path === key);
    const source = `flag ${key}`;
    if (field === undefined) {
      const mend = suggest(
        key,
        fields.map((candidate) => candidate.path),
      );
      problems.push({ path: key, source, what: 'is no key of the configuration', mend });
    } else if (field.secret) {
      const mend = `set ${field.env} or ${field.env}_FILE`;
      problems.push({ path: key, source, what: 'is a secret, and flags show in process lists', mend });
    } else {
      values.set(key, { value: readText(field.kind, text), source });
    }
  }
  return { values, problems };
}

function nest(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, value] of values) {
    if (value === undefined) continue;
    const parts = key.split('.');
    const leaf = parts.pop() ?? key;
    let group = root;
    for (const part of parts) group = (group[part] ??= {}) as Record<string, unknown>;
    group[leaf] = value;
  }
  return root;
}

/** The nearest folder above this file with a package.json: the same for sources and for the build. */
function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}
