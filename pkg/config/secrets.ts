import type { z } from 'zod';
import { listFields, valueAt } from './fields.js';

/** Shorter ones cannot be kept out of texts: they would blank out parts of ordinary words. */
const SHORTEST = 4;

/** The secrets that a configuration holds, which must not be shown. */
export function secretsOf<Schema extends z.ZodType>(schema: Schema, config: z.output<Schema>): string[] {
  return listFields(schema)
    .filter(({ secret }) => secret)
    .map(({ path }) => valueAt(config, path))
    .filter((value) => typeof value === 'string')
    .filter(({ length }) => length >= SHORTEST);
}
