import { createHash } from 'node:crypto';
import { type Request } from 'express';
import { z } from 'zod';
import { checkJson } from './json_value.js';
import { type FieldProblem, HttpProblem } from './problem.js';
import { type RequestInput, type RequestParts, type Route } from './route.js';

/** More would make an answer that nobody reads out of a request that is nothing but wrong. */
const MOST_PROBLEMS = 50;
/** Names and messages may quote the request. */
const LONGEST_TEXT = 200;

const headerSchema = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
    .optional(),
});

/** What zod calls an invalid type is, for a client, mostly a field that was left out. */
const parameters: z.core.ParseContext<z.core.$ZodIssue> = {
  error: (issue) => (issue.code === 'invalid_type' && issue.input === undefined ? 'is required' : undefined),
};

/**
 * Reads what a route asks for from a request.
 * @throws HttpProblem 400 naming everything that is wrong with it
 */
export function readInput(route: Route, request: Request): Omit<RequestInput<RequestParts>, 'signal'> {
  const schemas = route.request ?? {};
  const problems: FieldProblem[] = schemas.body === undefined ? [] : checkJson(request.body);
  const unfit = problems.length > 0;
  const read = <T>(part: FieldProblem['in'], schema: z.ZodType<T> | undefined, value: unknown) => {
    const result = schema?.safeParse(value, parameters);
    if (result?.success === false) problems.push(...result.error.issues.map((issue) => faultIn(part, issue)));
    return result?.data;
  };
  const params = read('path', schemas.params, request.params);
  const query = read('query', schemas.query, request.query);
  const headers = read('header', route.idempotent === true ? headerSchema : undefined, request.headers);
  const body = unfit ? undefined : read('body', schemas.body, request.body);
  if (problems.length > 0) throw invalid(problems);
  const flags = new Set(Object.keys(route.flags ?? {}).filter((name) => isSet(request.query[name])));
  const key = headers?.['idempotency-key'];
  const idempotencyKey = key === undefined ? undefined : scopedKey(request, key, { query, body });
  const input = { params, query, body, flags, idempotencyKey };
  // Each part was just read by the schema that its type is made from.
  return input as Omit<RequestInput<RequestParts>, 'signal'>;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== 'false';
}

/**
 * A key counts within one route and path, whatever prefix it is called by, one caller, and what is asked for: who
 * uses a key again for something else would else be told that it was done, and it was not.
 */
function scopedKey({ method, path, headers }: Request, key: string, asked: Record<string, unknown>): string {
  const [caller, content] = [headers.authorization ?? '', JSON.stringify(asked, sorted)].map(hash);
  return [method, path, caller, content, key].join(' ');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** For JSON in which the order of names says nothing. */
function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function invalid(problems: readonly FieldProblem[]): HttpProblem {
  const errors = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ in: part, field, message }) => ({ in: part, field: cut(field), message: cut(message) }));
  const [first] = errors.map(
    ({ in: part, field, message }) => `${field === '' ? part : `${part}.${field}`}: ${message}`,
  );
  const others = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  return new HttpProblem({
    status: 400,
    code: 'INVALID_REQUEST',
    detail: `${first ?? ''}${others}`,
    errors,
  });
}

function faultIn(part: FieldProblem['in'], { path, message }: z.core.$ZodIssue): FieldProblem {
  return { in: part, field: path.map(String).join('.'), message };
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
