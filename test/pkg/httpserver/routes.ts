import { expect } from 'chai';
import { z } from 'zod';
import { defineRoute } from '../../../pkg/httpserver/index.js';
import { currentContext } from '../../../pkg/logger/index.js';

export const about = { tag: 'test', summary: 'a test' };
const text = z.object({ said: z.unknown() });

/** Answers what it was given. */
export const echo = defineRoute({
  ...about,
  method: 'post',
  path: '/things/{id}',
  idempotent: true,
  request: {
    params: z.object({ id: z.string().max(5) }),
    query: z.strictObject({ limit: z.coerce.number().int().max(10).default(3) }),
    body: z.strictObject({ name: z.string(), more: z.unknown().optional() }),
  },
  replies: { 201: { description: 'made', body: text } },
  async handle({ params, query, body, idempotencyKey }) {
    return {
      status: 201,
      body: { said: { params, query, body, idempotencyKey } },
      headers: { location: '/x' },
    };
  },
});

export const context = defineRoute({
  ...about,
  method: 'get',
  path: '/context',
  replies: { 200: { description: 'ok', body: text } },
  handle: async () => ({ status: 200, body: { said: currentContext()?.correlationId, secret: 'kept' } }),
});

export const failing = (error: unknown) =>
  defineRoute({
    ...about,
    method: 'get',
    path: '/failing',
    replies: { 204: { description: 'never' } },
    handle: () => Promise.reject(error as Error),
  });

export const guarded = defineRoute({
  ...about,
  method: 'post',
  path: '/control',
  access: 'control',
  replies: { 204: { description: 'done' } },
  handle: async () => ({ status: 204 }),
});

/** The problem that a response holds. */
export async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).to.equal('application/problem+json; charset=utf-8');
  const problem = (await response.json()) as Record<string, unknown>;
  expect(problem).to.include({ type: 'about:blank', status: response.status });
  expect(problem['correlationId']).to.equal(response.headers.get('x-correlation-id'));
  return problem;
}
