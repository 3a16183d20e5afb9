import { expect } from 'chai';
import { z } from 'zod';
import { defineRoute, openApiDocument, type Route } from '../../../pkg/httpserver/index.js';

const info = { title: 'Test', version: '1', description: 'A test.' };
const thing = z.object({ id: z.uuid(), n: z.int() }).meta({ id: 'Thing' });

const route = (path: string, body: z.ZodType): Route =>
  defineRoute({
    method: 'get',
    path,
    tag: 'things',
    summary: 'Get it',
    request: {
      params: z.object({ id: z.string().describe('Of the thing.') }),
      query: z.object({ limit: z.coerce.number().int().default(5) }),
    },
    flags: { brief: 'Says less.' },
    replies: { 200: { description: 'It is there.', body, headers: { location: 'Where it is.' } } },
    handle: async () => ({ status: 200, body: {} }),
  });

/** What lies at a path of names. */
const at = (value: unknown, ...names: string[]): unknown =>
  names.reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], value);

describe('the OpenAPI document', () => {
  const document = openApiDocument(info, [{ prefixes: ['/v1', ''], routes: [route('/things/{id}', thing)] }]);

  it('names the prefixes of each path', () => {
    expect(at(document, 'paths', '/things/{id}', 'servers')).to.deep.equal([{ url: '/v1' }, { url: '/' }]);
  });

  it('says of each parameter where it is, whether it must be, and what it must be like', () => {
    expect(at(document, 'paths', '/things/{id}', 'get', 'parameters')).to.deep.equal([
      { name: 'id', in: 'path', required: true, description: 'Of the thing.', schema: { type: 'string' } },
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', default: 5 } },
      {
        name: 'brief',
        in: 'query',
        required: false,
        allowEmptyValue: true,
        description: 'Says less.',
        schema: { type: 'string' },
      },
    ]);
  });

  it('refers to schemas that have an id, without what says nothing to a reader', () => {
    const schema = { $ref: '#/components/schemas/Thing' };
    expect(
      at(document, 'paths', '/things/{id}', 'get', 'responses', '200', 'content', 'application/json'),
    ).to.deep.equal({ schema });
    expect(at(document, 'components', 'schemas', 'Thing')).to.deep.equal({
      type: 'object',
      properties: { id: { type: 'string', format: 'uuid' }, n: { type: 'integer' } },
      required: ['id', 'n'],
      additionalProperties: false,
    });
  });

  it('describes the headers of an answer', () => {
    expect(at(document, 'paths', '/things/{id}', 'get', 'responses', '200', 'headers')).to.deep.equal({
      location: { description: 'Where it is.', schema: { type: 'string' } },
    });
  });

  it('cannot be made where two different schemas have the same id', () => {
    // The registry of zod keeps two schemas of one id, as two packages may have made them.
    const other = z.object({ id: z.string() }).meta({ id: 'Thing' });
    const routes = [route('/a/{id}', thing), route('/b/{id}', other)];
    expect(() => openApiDocument(info, [{ prefixes: [''], routes }])).to.throw('Thing');
  });
});
