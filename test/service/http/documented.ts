import { z } from 'zod';

/** What the OpenAPI document says of one answer. */
export interface Answer {
  contentType: string | undefined;
  /** Made from the document, not from the code. */
  schema: z.ZodType | undefined;
}

/** What the OpenAPI document says of an operation, as far as the tests look at it. */
export interface Operation {
  /** `POST /users`. */
  name: string;
  method: string;
  /** As it is declared, with `{id}`. */
  path: string;
  /** Prefixes under which it is served. */
  servers: string[];
  isControl: boolean;
  hasBody: boolean;
  isIdempotent: boolean;
  pathParameters: string[];
  queryParameters: string[];
  answers: Map<number, Answer>;
}

interface RawOperation {
  security?: unknown;
  requestBody?: unknown;
  parameters: { name: string; in: string }[];
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
}

interface RawDocument {
  paths: Record<string, { servers: { url: string }[] } & Record<string, RawOperation>>;
  components: { schemas: Record<string, unknown> };
}

/** Reads the document that the service serves. */
export async function operationsOf(api: { call(path: string): Promise<Response> }): Promise<Operation[]> {
  const text = await (await api.call('/openapi.json')).text();
  const document = JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as RawDocument;
  const { schemas } = document.components;
  return Object.entries(document.paths).flatMap(([path, { servers, ...methods }]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      servers: servers.map(({ url }) => (url === '/' ? '' : url)),
      ...read(operation, schemas),
    })),
  );
}

function read(
  { security, requestBody, parameters, responses }: RawOperation,
  schemas: Record<string, unknown>,
): Omit<Operation, 'name' | 'method' | 'path' | 'servers'> {
  const named = (place: string) => parameters.filter((one) => one.in === place).map(({ name }) => name);
  const answers = new Map<number, Answer>();
  for (const [status, { content }] of Object.entries(responses)) {
    if (status === 'default') continue;
    const [contentType, media] = Object.entries(content ?? {})[0] ?? [];
    const schema =
      media === undefined ? undefined : schemaFrom({ ...(media.schema as object), $defs: schemas });
    answers.set(Number(status), { contentType, schema });
  }
  return {
    isControl: security !== undefined,
    hasBody: requestBody !== undefined,
    isIdempotent: named('header').includes('Idempotency-Key'),
    pathParameters: named('path'),
    queryParameters: named('query'),
    answers,
  };
}

function schemaFrom(schema: object): z.ZodType {
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
}
