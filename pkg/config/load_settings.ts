import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from './config_error.js';
import { readEnvironment, type Environment } from './environment.js';
import { listFields, type Field } from './fields.js';
import { readFlags } from './flags.js';
import type { Given, Layer } from './layer.js';
import type { Rule } from './rule.js';
import { rememberSecretFiles } from './secret_files.js';
import { validateEach } from './validate.js';
import { readYamlFile } from './yaml_file.js';

export interface LoadSettingsOptions {
  /** Folder of config.yaml, and of `config.<mode>.yaml` where there is one for the mode. */
  readonly dir: string;
  readonly env: Environment;
  /** Values by path, as in `{'HTTP.PORT': '8080'}`; read as text, like the environment. */
  readonly flags?: Readonly<Record<string, string>>;
  /** The key that says how the program runs: `development`, `production` and so on. */
  readonly mode: string;
  /** Defaults that the schema cannot know, by path. */
  readonly defaults?: ReadonlyMap<string, Given>;
  /** What keys that are valid must observe among each other. */
  readonly rules?: readonly Rule[];
}

/** The configuration, and for each key where its value came from (as in ConfigProblem.source). */
export interface Loaded<Config> {
  readonly config: Config;
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Loads, merges and validates a configuration. Later wins: the schema's defaults, those given here, in production
 * what the schema marks for it, `config.yaml`, `config.<mode>.yaml` where present, the environment, the flags.
 *
 * @throws ConfigError with every problem that was found.
 */
export function loadSettings<Schema extends z.ZodType>(
  schema: Schema,
  { dir, env, flags = {}, mode: modeKey, defaults = new Map(), rules = [] }: LoadSettingsOptions,
): Loaded<z.output<Schema>> {
  const fields = listFields(schema);
  const base = readYamlFile(path.join(dir, 'config.yaml'), fields);
  const fromEnv = readEnvironment(env, fields);
  const fromFlags = readFlags(flags, fields);

  const givenMode = [fromFlags, fromEnv, base].map((layer) => layer.values.get(modeKey)?.value).find(Boolean);
  const forMode = modeLayer(dir, givenMode, { modeKey, fields });
  const beyondSchema = {
    values: new Map([...defaults, ...productionDefaults(givenMode, fields)]),
    problems: [],
  };
  const layers: Layer[] = [beyondSchema, base, forMode, fromEnv, fromFlags];
  const given = new Map(layers.flatMap((layer) => [...layer.values]));
  const sourceOf = (key: string): string => given.get(key)?.source ?? 'default';

  const { values, problems } = validateEach(fields, given);
  const mode = values.get(modeKey);
  const check = { values, sourceOf, mode: typeof mode === 'string' ? mode : undefined };
  const all = [
    ...layers.flatMap((layer) => layer.problems),
    ...problems,
    ...rules.flatMap((rule) => rule(check)),
  ];
  if (!existsSync(dir)) {
    const what = 'the folder does not exist';
    all.push({ path: dir, source: 'dir', what, mend: 'give the folder that holds config.yaml' });
  }
  if (all.length > 0) throw new ConfigError(all);
  const config = schema.parse(nest(values));
  if (typeof config === 'object' && config !== null) rememberSecretFiles(config, filesIn(given));
  return {
    config,
    sources: new Map(fields.map((field) => [field.path, sourceOf(field.path)])),
  };
}

/** Where secrets were read from. */
function filesIn(given: ReadonlyMap<string, Given>): ReadonlyMap<string, string> {
  return new Map([...given].flatMap(([key, { file }]) => (file === undefined ? [] : [[key, file]])));
}

function productionDefaults(mode: unknown, fields: readonly Field[]): [string, Given][] {
  if (mode !== 'production') return [];
  return fields
    .filter(({ production }) => production !== undefined)
    .map((field) => [field.path, { value: field.production, source: 'default in production' }]);
}

/** The file of one mode; it cannot choose another mode than the one that chose it. */
function modeLayer(
  dir: string,
  given: unknown,
  { modeKey, fields }: { modeKey: string; fields: readonly Field[] },
): Layer {
  const field = fields.find((one) => one.path === modeKey);
  const mode = given ?? (field && z.safeParse(field.schema, undefined).data);
  // Anything else than a plain name is refused by the schema, and must not become part of a file's path.
  if (typeof mode !== 'string' || !/^[a-z]+$/.test(mode)) return { values: new Map(), problems: [] };
  const { values, problems } = readYamlFile(path.join(dir, `config.${mode}.yaml`), fields);
  const own = values.get(modeKey);
  if (own === undefined || own.value === mode) return { values, problems };
  const what = `${JSON.stringify(own.value)} differs from the environment "${mode}" that this file is for`;
  const problem = { path: modeKey, source: own.source, what, mend: `remove the line; set ${field?.env}` };
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
