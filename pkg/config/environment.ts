import type { ConfigProblem } from './config_error.js';
import { envName, readText, type Field } from './fields.js';
import { isForeign } from './foreign_names.js';
import { suggest, type Given, type Layer } from './layer.js';
import { readSecret } from './secret_files.js';

/** Text by name, as in process.env. */
export type Environment = Readonly<Record<string, string | undefined>>;

const fileName = (field: Field): string => `${field.env}_FILE`;

/**
 * Reads the environment. Only upper-case names that start with one of the schema's groups are looked at; those that
 * are no key, and not known to be another program's, are problems.
 */
export function readEnvironment(env: Environment, fields: readonly Field[]): Layer {
  const values = new Map<string, Given>();
  const problems: ConfigProblem[] = [];
  for (const field of fields) {
    const text = env[field.env];
    const file = field.secret ? env[fileName(field)] : undefined;
    const source = `env ${field.env}`;
    if (text !== undefined && file !== undefined) {
      problems.push({
        path: field.path,
        source,
        what: `is set twice, by ${field.env} and by ${fileName(field)}`,
        mend: 'keep one of the two',
      });
    } else if (file !== undefined) {
      readSecretFile(field, file, values, problems);
    } else if (text !== undefined && !(text === '' && field.optional)) {
      values.set(field.path, { value: readText(field.kind, text), source });
    }
  }
  return { values, problems: [...problems, ...unknownNames(env, fields)] };
}

function readSecretFile(
  field: Field,
  file: string,
  values: Map<string, Given>,
  problems: ConfigProblem[],
): void {
  const source = `env ${fileName(field)}`;
  try {
    values.set(field.path, { value: readSecret(file), source, file });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    problems.push({
      path: field.path,
      source,
      what: `names the file ${JSON.stringify(file)}, which cannot be read (${reason})`,
      mend: `give the path of a readable file, or set ${field.env}`,
    });
  }
}

function unknownNames(env: Environment, fields: readonly Field[]): ConfigProblem[] {
  const known = fields.flatMap((field) => (field.secret ? [field.env, fileName(field)] : [field.env]));
  const prefixes = [...new Set(fields.map((field) => `${envName(field.group)}_`))];
  return Object.entries(env).flatMap(([name, value]) => {
    const prefix = prefixes.find((candidate) => name.startsWith(candidate));
    if (value === undefined || prefix === undefined || known.includes(name) || isForeign(name, value))
      return [];
    return [unknownName(name, prefix, known)];
  });
}

function unknownName(name: string, prefix: string, known: readonly string[]): ConfigProblem {
  const problem = { path: name, source: `env ${name}` };
  const base = name.replace(/_FILE$/, '');
  if (known.includes(base)) {
    return { ...problem, what: 'is no key; only secrets are read from files', mend: `set ${base}` };
  }
  return { ...problem, what: 'is no key of the configuration', mend: suggest(name, known, prefix) };
}
