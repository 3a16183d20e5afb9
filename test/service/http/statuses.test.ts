import { expect } from 'chai';
import { z } from 'zod';
import { type Sent } from '../support/http_case.js';
import { StubbedApi } from '../support/stubbed_api.js';
import { CASES, goodRequest } from './cases.js';
import { type Operation, operationsOf } from './documented.js';

const TOKEN = 'a-control-token-of-more-than-32-characters';

describe('the HTTP API', () => {
  const api = new StubbedApi();
  let operations: Operation[];
  /** `POST /users 202` */
  const seen = new Set<string>();

  before(async () => {
    await api.start({}, { HTTP_CONTROL_TOKEN: TOKEN });
    operations = await operationsOf(api);
  });

  after(() => api.stop());

  afterEach(() => {
    api.life = { running: true, hasStarted: true };
  });

  /** Sends a request, and holds the answer to what is documented. */
  async function ask(
    { name, method, path: declared, servers, answers, ...operation }: Operation,
    { path = declared, body }: Sent,
    headers: Record<string, string> = {},
  ): Promise<number> {
    const response = await api.call((servers[0] ?? '') + path.replace('{id}', 'u-1'), {
      method,
      headers: {
        ...(operation.isControl ? { authorization: `Bearer ${TOKEN}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const { status } = response;
    seen.add(`${name} ${status}`);
    const documented = answers.get(status);
    expect(documented, `${name} answers ${status}, which is not documented`).not.to.equal(undefined);
    const contentType = response.headers.get('content-type') ?? '';
    expect(contentType.split(';')[0]).to.equal(documented?.contentType?.split(';')[0] ?? '');
    const answer: unknown = await (contentType.includes('json') ? response.json() : response.text());
    const fits = (documented?.schema ?? z.literal('')).safeParse(answer);
    expect(fits.success, `${name} ${status}: ${String(fits.error)}`).to.equal(true);
    if (status === 503 && documented?.contentType === 'application/problem+json') {
      expect(response.headers.get('retry-after')).to.match(/^\d+$/);
    }
    return status;
  }

  for (const { operation: name, status, stub, outcome, ...sent } of CASES) {
    it(`answers ${name} with ${status}, as documented`, async () => {
      const operation = operations.find((one) => one.name === name);
      if (!operation) throw new Error(`${name} is not documented`);
      stub(api).callsFake(() => {
        if (outcome instanceof Error) throw outcome;
        return outcome;
      });
      expect(await ask(operation, sent)).to.equal(status);
    });
  }

  /** Every operation of which the condition holds, with a request that is all right. */
  async function each(
    condition: (operation: Operation) => boolean,
    check: (operation: Operation, sent: Sent) => Promise<void>,
  ): Promise<void> {
    const chosen = operations.filter(condition);
    expect(chosen).not.to.be.empty;
    for (const operation of chosen) await check(operation, goodRequest(operation.name));
  }

  it('answers a body that is not valid with 400', () =>
    each(
      ({ hasBody }) => hasBody,
      async (operation, sent) => {
        expect(await ask(operation, { ...sent, body: [] })).to.equal(400);
      },
    ));

  it('answers a query parameter that there is not with 400, where it takes any', () =>
    each(
      // The probes take whatever comes.
      ({ queryParameters, answers }) => queryParameters.length > 0 && answers.has(400),
      async (operation, { path = operation.path, body }) => {
        const more = `${path}${path.includes('?') ? '&' : '?'}nonsense=1`;
        expect(await ask(operation, { path: more, body })).to.equal(400);
      },
    ));

  it('answers an id of more than 256 characters with 400', async function () {
    const hasId = ({ pathParameters }: Operation) => pathParameters.length > 0;
    if (!operations.some(hasId)) this.skip();
    await each(hasId, async (operation, { body }) => {
      const path = operation.path.replace(/\{\w+\}/, 'x'.repeat(257));
      expect(await ask(operation, { path, body })).to.equal(400);
    });
  });

  it('answers an Idempotency-Key that is none with 400', () =>
    each(
      ({ isIdempotent }) => isIdempotent,
      async (operation, sent) => {
        expect(await ask(operation, sent, { 'idempotency-key': 'two words' })).to.equal(400);
      },
    ));

  it('answers a body that is too large with 413', () =>
    each(
      ({ hasBody }) => hasBody,
      async (operation, sent) => {
        expect(await ask(operation, { ...sent, body: `"${'x'.repeat(300_000)}"` })).to.equal(413);
      },
    ));

  it('answers a body of another type with 415', () =>
    each(
      ({ hasBody }) => hasBody,
      async (operation, sent) => {
        expect(await ask(operation, sent, { 'content-type': 'text/plain' })).to.equal(415);
      },
    ));

  it('answers a control request without the token with 401', () =>
    each(
      ({ isControl }) => isControl,
      async (operation, sent) => {
        expect(await ask(operation, sent, { authorization: 'Bearer wrong' })).to.equal(401);
      },
    ));

  it('answers what needs the program to have started with 503 until it has', async () => {
    api.life = { running: false, hasStarted: false };
    await each(
      ({ servers, path }) => !servers.includes('') || path === '/startupz',
      async (operation, sent) => {
        expect(await ask(operation, sent)).to.equal(503);
      },
    );
  });

  it('answers a control request of a foreign page with 403 where there is no token', async () => {
    const open = new StubbedApi();
    await open.start();
    try {
      await each(
        ({ isControl }) => isControl,
        async ({ name, method, path, servers, answers }, { body }) => {
          const response = await open.call((servers[0] ?? '') + path, {
            method,
            headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          });
          expect([response.status, answers.has(403)]).to.deep.equal([403, true]);
          seen.add(`${name} 403`);
        },
      );
    } finally {
      await open.stop();
    }
  });

  it('has been seen to answer with every status that is documented', () => {
    const documented = operations.flatMap(({ name, answers }) =>
      [...answers.keys()].map((status) => `${name} ${status}`),
    );
    expect(documented.filter((one) => !seen.has(one))).to.be.empty;
  });

  it('answers a method that a path does not have with 405, and names those that it has', async () => {
    for (const { name, path, servers } of operations) {
      const response = await api.call((servers[0] ?? '') + path.replace('{id}', 'u-1'), { method: 'PATCH' });
      expect(response.status, name).to.equal(405);
      const documented = operations.filter((one) => one.path === path).map(({ method }) => method);
      expect(response.headers.get('allow')?.split(', ')).to.include.members(documented);
      expect(((await response.json()) as { code: string }).code).to.equal('METHOD_NOT_ALLOWED');
    }
  });

  it('serves every documented operation under each of its prefixes', async () => {
    for (const { name, method, path, servers } of operations) {
      for (const prefix of servers) {
        const response = await api.call(prefix + path.replace('{id}', 'u-1'), { method });
        const text = await response.text();
        expect(text, `${name} under ${prefix}`).not.to.match(/NO_SUCH_ROUTE|METHOD_NOT_ALLOWED/);
      }
    }
  });
});
