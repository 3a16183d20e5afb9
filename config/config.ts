import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Environment, type Given, type Loaded, loadSettings, orExit } from '../pkg/config/index.js';
import { kafkaSecurityRule } from '../pkg/kafka_settings/index.js';
import { EMBEDDED } from './embedded.js';
import { productionProblems } from './production_rules.js';
import { projectRoot } from './project_root.js';
import { timeProblems } from './time_rules.js';
import { configSchema, type Config } from './schema.js';
import { topicProblems } from './topic_rules.js';

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
}: LoadOptions = {}): Loaded<Config> {
  const root = projectRoot();
  return loadSettings(configSchema, {
    dir: dir ?? path.join(root, 'config'),
    env,
    flags,
    mode: 'APP.ENV',
    defaults: packageVersion(root),
    rules: [productionProblems, timeProblems, topicProblems, kafkaSecurityRule({ plain: [EMBEDDED] })],
  });
}

/** loadConfig for a program's main: says what is wrong on stderr and exits with ExitCode.CONFIG (78). */
export function loadConfigOrExit(options: LoadOptions = {}): Config {
  return orExit(() => loadConfig(options));
}

function packageVersion(root: string): ReadonlyMap<string, Given> {
  const { version: value } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version?: string;
  };
  return new Map(value === undefined ? [] : [['APP.VERSION', { value, source: 'package.json' }]]);
}
