import type { ConfigProblem } from './config_error.js';
import { readText, type Field } from './fields.js';
import { suggest, type Given, type Layer } from './layer.js';

/** Reads values that were given by path, as on a command line. */
export function readFlags(flags: Readonly<Record<string, string>>, fields: readonly Field[]): Layer {
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
