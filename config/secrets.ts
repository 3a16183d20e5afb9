import { listFields, valueAt } from './fields.js';
import { type Config, configSchema } from './schema.js';

/** Shorter ones cannot be kept out of texts: they would blank out parts of ordinary words. */
const SHORTEST = 4;

/** The secrets that the configuration holds, which must not be shown. */
export function secretsOf(config: Config): string[] {
  return listFields(configSchema)
    .filter(({ secret }) => secret)
    .map(({ path }) => valueAt(config, path))
    .filter((value) => typeof value === 'string')
    .filter(({ length }) => length >= SHORTEST);
}
