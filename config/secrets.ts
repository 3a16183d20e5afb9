import { listFields } from './fields.js';
import { type Config, configSchema } from './schema.js';

/** The secrets that the configuration holds, which must not be shown. */
export function secretsOf(config: Config): string[] {
  return listFields(configSchema)
    .filter(({ secret }) => secret)
    .map(({ path }) => valueAt(config, path))
    .filter((value) => typeof value === 'string');
}

function valueAt(config: Config, path: string): unknown {
  let value: unknown = config;
  for (const part of path.split('.')) value = (value as Record<string, unknown>)[part];
  return value;
}
