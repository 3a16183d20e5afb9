import type { z } from 'zod';
import { listFields, valueAt } from './fields.js';
import type { Loaded } from './load_settings.js';

/** What a key can be set to. */
export type SettingValue = string | number | boolean | readonly string[];

/** A key of the configuration as it counts. */
export interface EffectiveSetting {
  /** As in `HTTP.PORT`. */
  readonly key: string;
  /** Its name in the environment. */
  readonly env: string;
  /** Undefined where it is not set. A secret shows only that it is. */
  readonly value: SettingValue | undefined;
  /** As in ConfigProblem.source. */
  readonly source: string;
  readonly secret: boolean;
  readonly description: string;
}

const MASKED = '(set, not shown)';

/** Every key in the order of the schema. */
export function effectiveSettings<Schema extends z.ZodType>(
  schema: Schema,
  { config, sources }: Loaded<z.output<Schema>>,
): EffectiveSetting[] {
  return listFields(schema).map(({ path, env, secret, description }) => {
    // A schema has no leaves of other types.
    const value = valueAt(config, path) as SettingValue | undefined;
    return {
      key: path,
      env,
      value: secret && value !== undefined ? MASKED : value,
      source: sources.get(path) ?? 'default',
      secret,
      description,
    };
  });
}
