import { z } from 'zod';
import type { ConfigProblem } from './config_error.js';
import type { Field } from './fields.js';
import type { Given } from './layer.js';

const LONGEST_SHOWN = 80;

/** What became of the given values: the valid ones by path, and what is wrong with the others. */
interface Validated {
  readonly values: ReadonlyMap<string, unknown>;
  readonly problems: readonly ConfigProblem[];
}

/** Checks each key by itself, so that one wrong value does not hide another; a missing one gets its default. */
export function validateEach(fields: readonly Field[], given: ReadonlyMap<string, Given>): Validated {
  const values = new Map<string, unknown>();
  const problems: ConfigProblem[] = [];
  for (const field of fields) {
    const value = given.get(field.path)?.value;
    const parsed = z.safeParse(field.schema, value);
    if (parsed.success) {
      values.set(field.path, parsed.data);
      continue;
    }
    const source = given.get(field.path)?.source ?? 'default';
    const mend = mendOf(field, value, source);
    for (const issue of parsed.error.issues) {
      problems.push({ path: field.path, source, what: faultOf(field, issue, value), mend });
    }
  }
  return { values, problems };
}

function faultOf(field: Field, issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'custom') return withoutUserInfo(issue.message);
  return `${show(field, value)} is not ${field.expected}`;
}

function mendOf(field: Field, value: unknown, source: string): string {
  if (field.secret) return `give ${field.expected}, such as the output of "openssl rand -hex 32"`;
  if (field.kind === 'string' && typeof value !== 'string' && typeof value !== 'object') {
    return 'put the value in quotes';
  }
  const name = source === `env ${field.env}` ? field.env : field.path;
  const fallback = z.safeParse(field.schema, undefined);
  const example =
    fallback.success && fallback.data !== undefined ? `, for example ${asText(fallback.data)}` : '';
  return `set ${name} to ${field.expected}${example}`;
}

/** As it would stand in the environment. */
function asText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : JSON.stringify(value).replaceAll('"', '');
}

/** The value for people to read: never a secret, nor the user part of an address, nor pages of it. */
function show(field: Field, value: unknown): string {
  if (field.secret) return 'the value (not shown)';
  const text = withoutUserInfo(JSON.stringify(value));
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function withoutUserInfo(text: string): string {
  return text.replace(/[^\s"/@,]+@/g, '***@');
}
