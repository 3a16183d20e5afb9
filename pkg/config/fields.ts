import { z } from 'zod';

type FieldKind = 'string' | 'number' | 'boolean' | 'list';

/** One leaf of the schema, with all that the loaders and the error texts need to know of it. */
export interface Field {
  /** Path of the key, as in `KAFKA.CONTROL.PRODUCER_ENABLED`. */
  readonly path: string;
  /** First part of the path. */
  readonly group: string;
  /** Name of its environment variable. */
  readonly env: string;
  readonly schema: z.core.$ZodType;
  readonly kind: FieldKind;
  /** What a value must be, to be put after "is not". */
  readonly expected: string;
  /** True where the key may be missing altogether; an empty environment variable then counts as unset. */
  readonly optional: boolean;
  readonly secret: boolean;
  readonly description: string;
  /** Default in production where it differs. */
  readonly production?: unknown;
}

/** The environment name of a path: joined by underscores. */
export function envName(path: string): string {
  return path.replaceAll('.', '_');
}

/** Lists the leaves of a schema made of nested objects, in its order. */
export function listFields(schema: z.core.$ZodType, prefix = ''): Field[] {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return [describeField(schema, prefix)];
  const shape: Readonly<Record<string, z.core.$ZodType>> = inner.shape;
  return Object.entries(shape).flatMap(([key, child]) =>
    listFields(child, prefix === '' ? key : `${prefix}.${key}`),
  );
}

/** Reads text from the environment or a flag; text that does not fit is left for the schema to refuse. */
export function readText(kind: FieldKind, text: string): unknown {
  if (kind === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (kind === 'list') return text === '' ? [] : text.split(',').map((item) => item.trim());
  return text;
}

function describeField(schema: z.core.$ZodType, path: string): Field {
  const meta = z.globalRegistry.get(schema) ?? {};
  const inner = unwrap(schema);
  return {
    path,
    group: path.replace(/\..*$/, ''),
    env: envName(path),
    schema,
    ...kindOf(inner, path),
    ...(typeof meta['expected'] === 'string' ? { expected: meta['expected'] } : {}),
    optional: schema instanceof z.ZodOptional,
    secret: meta['secret'] === true,
    description: meta.description ?? '',
    ...('production' in meta ? { production: meta['production'] } : {}),
  };
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional || inner instanceof z.ZodReadonly) {
    inner = inner.unwrap();
  }
  return inner;
}

function kindOf(schema: z.core.$ZodType, path: string): Pick<Field, 'kind' | 'expected'> {
  if (schema instanceof z.ZodBoolean) return { kind: 'boolean', expected: 'true or false' };
  if (schema instanceof z.ZodArray) return { kind: 'list', expected: 'a list' };
  if (schema instanceof z.ZodEnum) return { kind: 'string', expected: `one of ${schema.options.join(', ')}` };
  if (schema instanceof z.ZodNumber) {
    return {
      kind: 'number',
      expected: `a whole number from ${String(schema.minValue)} to ${String(schema.maxValue)}`,
    };
  }
  if (schema instanceof z.ZodString) {
    const { minLength, maxLength } = schema;
    const bounds =
      minLength === null || maxLength === null ? '' : ` of ${minLength} to ${maxLength} characters`;
    return { kind: 'string', expected: `a text${bounds}` };
  }
  throw new TypeError(`${path}: a key of this type cannot be read from the environment`);
}

/** What a configuration holds at a path as in `HTTP.PORT`; undefined where there is nothing. */
export function valueAt(config: unknown, path: string): unknown {
  let value = config;
  for (const part of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  return value;
}
