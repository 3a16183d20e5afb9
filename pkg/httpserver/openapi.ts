import { z } from 'zod';
import { type RouteGroup } from './http_app.js';
import { BODY_LIMIT } from './json_body.js';
import { problemSchema } from './problem.js';
import { problemsOf, type ReplySpec, type Route } from './route.js';

export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
  /** Markdown. */
  readonly description: string;
}

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of the routes, made from what they are declared with. */
export function openApiDocument(info: OpenApiInfo, groups: readonly RouteGroup[]): Json {
  const schemas = new SchemaBook();
  const paths: Record<string, Json> = {};
  for (const { prefixes, routes, available } of groups) {
    const servers = prefixes.map((prefix) => ({ url: prefix === '' ? '/' : prefix }));
    for (const route of routes) {
      const item = (paths[route.path] ??= { servers });
      item[route.method] = operation(route, available !== undefined, schemas);
    }
  }
  return {
    openapi: '3.1.0',
    info,
    paths,
    components: {
      schemas: schemas.components,
      securitySchemes: { controlToken: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operation(route: Route, gated: boolean, schemas: SchemaBook): Json {
  const { method, path, summary, description, tag, access, request, flags } = route;
  const name = path.replaceAll(/[^a-z0-9]+(.)?/gi, (_match, letter?: string) => (letter ?? '').toUpperCase());
  return {
    operationId: `${method}${name}`,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(access === 'control' ? { security: [{ controlToken: [] }] } : {}),
    parameters: [
      ...parameters('path', request?.params, schemas),
      ...parameters('query', request?.query, schemas),
      ...Object.entries(flags ?? {}).map(([flag, does]) => flagParameter(flag, does)),
      ...(route.idempotent === true ? [idempotencyKey] : []),
    ],
    ...(request?.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            description: `At most ${BODY_LIMIT / 1024} kB.`,
            content: { 'application/json': { schema: schemas.input(request.body) } },
          },
        }),
    responses: responses(route, gated, schemas),
  };
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A request that is repeated under its key makes its event again, under the same id. The same key with another body or query is another event.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

function flagParameter(name: string, description: string): Json {
  return {
    name,
    in: 'query',
    required: false,
    allowEmptyValue: true,
    description,
    schema: { type: 'string' },
  };
}

function parameters(place: string, schema: z.ZodObject | undefined, schemas: SchemaBook): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemas.input(schema) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function responses(route: Route, gated: boolean, schemas: SchemaBook): Json {
  const good = Object.entries(route.replies).map(([status, spec]) => [status, reply(spec, schemas)]);
  const problem = { 'application/problem+json': { schema: schemas.output(problemSchema) } };
  const bad = Object.entries(problemsOf(route, gated)).map(([status, description]) => [
    status,
    { description, content: problem },
  ]);
  const rest = ['default', { description: 'Whatever else goes wrong.', content: problem }];
  return Object.fromEntries([...good, ...bad, rest]) as Json;
}

function reply(
  { description, body, contentType = 'application/json', headers }: ReplySpec,
  schemas: SchemaBook,
): Json {
  const named = Object.entries(headers ?? {}).map(([name, about]) => [
    name,
    { description: about, schema: { type: 'string' } },
  ]);
  return {
    description,
    ...(named.length === 0 ? {} : { headers: Object.fromEntries(named) as Json }),
    ...(body === undefined ? {} : { content: { [contentType]: { schema: schemas.output(body) } } }),
  };
}

/** Turns schemas into JSON Schema, and gathers those that have an id. */
class SchemaBook {
  readonly components: Record<string, unknown> = {};

  input(schema: z.ZodType): Json {
    return this.write(schema, 'input');
  }

  output(schema: z.ZodType): Json {
    return this.write(schema, 'output');
  }

  private write(schema: z.ZodType, io: 'input' | 'output'): Json {
    const written = z.toJSONSchema(schema, {
      io,
      override: ({ jsonSchema }) => {
        tidy(jsonSchema);
      },
    });
    // References are by the id of the schema, which zod keeps unique within one document only.
    const text = JSON.stringify(written).replaceAll('"#/$defs/', '"#/components/schemas/');
    const { $defs: definitions, ...rest } = JSON.parse(text) as Json & { $defs?: Json };
    delete rest['$schema'];
    for (const [id, definition] of Object.entries(definitions ?? {})) this.add(id, definition);
    return rest;
  }

  private add(id: string, definition: unknown): void {
    const known = this.components[id];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition)) {
      throw new Error(`two different schemas are called ${id}; give one of them another id`);
    }
    this.components[id] = definition;
  }
}

/** Takes out what says nothing to a reader: the bounds of every whole number, the pattern behind a format. */
function tidy(schema: Json): void {
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (schema['format'] !== undefined) delete schema['pattern'];
}
