import { once } from 'node:events';
import { expect } from 'chai';
import { z } from 'zod';
import { defineRoute, HttpProblem } from '../../../pkg/httpserver/index.js';
import { eventually } from '../../support/eventually.js';
import { about, context, echo, failing, problemOf } from './routes.js';
import { Frame } from './support.js';

class Busy extends Error {}

describe('the HTTP frame', () => {
  let frame: Frame;

  beforeEach(() => {
    frame = new Frame();
  });

  afterEach(() => frame.stop());

  describe('answers a failure', () => {
    it('of its own with 500, without a word of what is inside, and logs that', async () => {
      await frame.start([failing(new Error('password of db-7 is hunter2'))]);
      const response = await frame.call('/v1/failing');
      expect(response.status).to.equal(500);
      const problem = await problemOf(response);
      expect(problem['code']).to.equal('INTERNAL_ERROR');
      expect(JSON.stringify(problem)).not.to.include('hunter2');
      expect(frame.log.at('error')).to.deep.equal(['a request failed']);
      expect(frame.log.lines.map(({ fields }) => String(fields['error']))).to.include(
        'Error: password of db-7 is hunter2',
      );
    });

    for (const thrown of [undefined, null, 'text', Object.create(null)]) {
      it(`that is no Error with 500: ${typeof thrown}`, async () => {
        await frame.start([failing(thrown)]);
        expect((await frame.call('/v1/failing')).status).to.equal(500);
      });
    }

    it("that the service's mapper knows by its class as the mapper says, with its headers", async () => {
      const busy = new HttpProblem({
        status: 503,
        code: 'BUSY',
        detail: 'Later, please.',
        eventId: 'e-1',
        headers: { 'retry-after': '7' },
      });
      const toProblem = (error: unknown) => (error instanceof Busy ? busy : undefined);
      await frame.start([failing(new Busy('disk 3 is full'))], { toProblem });
      const response = await frame.call('/v1/failing');
      expect(response.headers.get('retry-after')).to.equal('7');
      expect(await problemOf(response)).to.deep.include({
        code: 'BUSY',
        detail: 'Later, please.',
        eventId: 'e-1',
      });
      expect(frame.log.at('error')).to.be.empty;
      expect(frame.log.at('warn')).to.deep.equal(['a request could not be served']);
    });

    it('of the client without an error or a warning in the log', async () => {
      await frame.start([echo]);
      await frame.call('/v1/things/a', { method: 'POST' });
      await frame.call('/nowhere');
      await eventually(() => frame.log.at('info').length === 2);
      expect([...frame.log.at('error'), ...frame.log.at('warn')]).to.be.empty;
    });
  });

  it('serves every prefix alike, and answers 404 beyond', async () => {
    await frame.start([context]);
    expect((await frame.call('/v1/context')).status).to.equal(200);
    expect((await frame.call('/api/v1/context')).status).to.equal(200);
    for (const path of ['/context', '/v1/other', '/v1/CONTEXT', '/v2/context']) {
      const response = await frame.call(path);
      expect([response.status, (await problemOf(response))['code']]).to.deep.equal([404, 'NO_SUCH_ROUTE']);
    }
  });

  it('answers 405 with the methods there are', async () => {
    await frame.start([context, echo]);
    const response = await frame.call('/v1/context', { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD']);
    await problemOf(response);
    expect((await frame.call('/v1/context', { method: 'HEAD' })).status).to.equal(200);
  });

  it('answers 400 for a path whose escapes are none', async () => {
    await frame.start([echo]);
    const response = await frame.call('/v1/things/%zz', { method: 'POST' });
    expect([response.status, (await problemOf(response))['code']]).to.deep.equal([400, 'MALFORMED_PATH']);
  });

  it('tells the requests that wait when the program stops, so that they answer', async () => {
    const stopping = new AbortController();
    let waits = 0;
    const waiting = defineRoute({
      ...about,
      method: 'get',
      path: '/waiting',
      replies: { 204: { description: 'nothing came' } },
      async handle({ signal }) {
        waits += 1;
        if (!signal.aborted) await once(signal, 'abort');
        return { status: 204 };
      },
    });
    await frame.start([waiting], { stopping: stopping.signal });
    const answer = frame.call('/v1/waiting');
    await eventually(() => waits === 1);
    stopping.abort();
    expect((await answer).status).to.equal(204);
    expect((await frame.call('/v1/waiting')).status, 'one that comes later').to.equal(204);
  });

  it('sends nothing that the reply does not declare', async () => {
    await frame.start([context]);
    expect(await (await frame.call('/v1/context')).json()).to.have.all.keys('said');
  });

  it('answers 500 rather than a body that does not fit its declaration', async () => {
    const lying = defineRoute({
      ...about,
      method: 'get',
      path: '/lying',
      replies: { 200: { description: 'a number', body: z.object({ n: z.number() }) } },
      handle: async () => ({ status: 200, body: JSON.parse('{"n":"one"}') as { n: number } }),
    });
    await frame.start([lying]);
    expect((await frame.call('/v1/lying')).status).to.equal(500);
  });

  it('carries security headers and does not say what it is made with', async () => {
    await frame.start([context]);
    const { headers } = await frame.call('/v1/context');
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.get('content-security-policy')).to.include("default-src 'self'");
    expect(headers.has('x-powered-by')).to.equal(false);
  });

  describe('correlates', () => {
    beforeEach(() => frame.start([context]));
    const correlate = async (headers: Record<string, string>) => {
      const response = await frame.call('/v1/context', { headers });
      const { said } = (await response.json()) as { said: string };
      expect(response.headers.get('x-correlation-id')).to.equal(said);
      return said;
    };

    it('by the x-correlation-id or x-request-id of the client, all through the handler', async () => {
      expect(await correlate({ 'x-correlation-id': 'req-1' })).to.equal('req-1');
      expect(await correlate({ 'x-request-id': 'req-2' })).to.equal('req-2');
      expect(await correlate({ 'x-correlation-id': 'req-1', 'x-request-id': 'req-2' })).to.equal('req-1');
    });

    for (const insane of ['', 'two words', 'x'.repeat(129), 'a"b', 'ü']) {
      it(`by a new id where the client's is not sane: ${JSON.stringify(insane.slice(0, 12))}`, async () => {
        expect(await correlate({ 'x-correlation-id': insane })).to.match(/^[0-9a-f-]{36}$/);
      });
    }

    it('each request by an id of its own', async () => {
      expect(await correlate({})).not.to.equal(await correlate({}));
    });
  });

  describe('tells of each exchange once', () => {
    it('in one line without the query, and to its observers with the declared path', async () => {
      const seen: unknown[] = [];
      await frame.start([echo], { observers: [(exchange) => seen.push(exchange)] });
      await frame.send('POST', '/api/v1/things/a?limit=1', { name: 'n' });
      await eventually(() => seen.length === 1);
      expect(frame.log.lines).to.have.length(1);
      expect(frame.log.lines[0]).to.deep.include({ level: 'info', message: 'POST /api/v1/things/a 201' });
      expect(seen[0]).to.deep.include({
        method: 'POST',
        path: '/api/v1/things/a',
        route: '/things/{id}',
        status: 201,
      });
    });

    it('at debug for the quiet paths', async () => {
      await frame.start([context], { quietPaths: ['/v1/context'] });
      await frame.call('/v1/context?x=1');
      await eventually(() => frame.log.lines.length === 1);
      expect(frame.log.at('debug')).to.deep.equal(['GET /v1/context 200']);
    });

    it('as 499 when the client went away, and tells the handler so', async () => {
      const signals: AbortSignal[] = [];
      const slow = defineRoute({
        ...about,
        method: 'get',
        path: '/slow',
        replies: { 204: { description: 'never' } },
        handle: ({ signal }) => {
          signals.push(signal);
          return new Promise(() => undefined);
        },
      });
      await frame.start([slow]);
      const client = new AbortController();
      const call = frame.call('/v1/slow', { signal: client.signal }).catch(() => undefined);
      await eventually(() => signals.length === 1);
      client.abort();
      await call;
      await eventually(() => frame.log.lines.length === 1);
      expect(frame.log.at('info')).to.deep.equal(['GET /v1/slow 499']);
      expect(signals[0]?.aborted).to.equal(true);
    });
  });
});
