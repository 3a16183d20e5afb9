import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { echo, problemOf } from './routes.js';
import { Frame } from './support.js';

describe('the HTTP frame: input', () => {
  let frame: Frame;

  beforeEach(() => {
    frame = new Frame();
  });

  afterEach(() => frame.stop());

  describe('hands a handler its validated input', () => {
    beforeEach(() => frame.start([echo]));

    it('with defaults filled in, and answers what the handler replied', async () => {
      const response = await frame.send('POST', '/v1/things/a?limit=7', { name: 'n' });
      expect(response.status).to.equal(201);
      expect(response.headers.get('location')).to.equal('/x');
      expect(await response.json()).to.deep.equal({
        said: { params: { id: 'a' }, query: { limit: 7 }, body: { name: 'n' } },
      });
    });

    it('or answers 400 that names every fault of every part', async () => {
      const headers = { 'idempotency-key': 'two words' };
      const response = await frame.send('POST', '/v1/things/too-long?limit=70&x=1', { nam: 'n' }, headers);
      expect(response.status).to.equal(400);
      const { code, errors } = await problemOf(response);
      expect(code).to.equal('INVALID_REQUEST');
      const places = (errors as { in: string; field: string }[]).map(({ in: part, field }) => [part, field]);
      expect(places).to.have.deep.members([
        ['path', 'id'],
        ['query', 'limit'],
        ['query', ''],
        ['header', 'idempotency-key'],
        ['body', 'name'],
        ['body', ''],
      ]);
    });

    it('and no more than 50 faults, each cut to a readable length', async () => {
      const body = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${'x'.repeat(1000)}${i}`, i]));
      const { errors } = await problemOf(await frame.send('POST', '/v1/things/a', { name: 1, ...body }));
      expect(JSON.stringify(errors).length).to.be.lessThan(30_000);
    });

    const scoped = async (path: string, headers: Record<string, string>, body: object = { name: 'n' }) => {
      const response = await frame.send('POST', path, body, headers);
      return ((await response.json()) as { said: Record<string, unknown> }).said['idempotencyKey'];
    };

    it('with an Idempotency-Key that counts within its route, path and caller, whatever the prefix', async () => {
      const key = { 'idempotency-key': 'k-1' };
      const first = await scoped('/v1/things/a', key);
      expect(first).to.be.a('string');
      expect(await scoped('/api/v1/things/a', key)).to.equal(first);
      expect(await scoped('/v1/things/b', key)).not.to.equal(first);
      expect(await scoped('/v1/things/a', { 'idempotency-key': 'k-2' })).not.to.equal(first);
      expect(await scoped('/v1/things/a', { ...key, authorization: 'Bearer x' })).not.to.equal(first);
    });

    it('with an Idempotency-Key that is another one for another body or query, whatever the order of names', async () => {
      const key = { 'idempotency-key': 'k-1' };
      const first = await scoped('/v1/things/a', key, { name: 'n', more: { one: 1, other: 2 } });
      expect(await scoped('/v1/things/a', key, { more: { other: 2, one: 1 }, name: 'n' })).to.equal(first);
      expect(await scoped('/v1/things/a', key, { name: 'n', more: { one: 1, other: 3 } })).not.to.equal(
        first,
      );
      const plain = await scoped('/v1/things/a', key);
      expect(await scoped('/v1/things/a?limit=7', key)).not.to.equal(plain);
    });
  });

  describe('refuses a body', () => {
    beforeEach(() => frame.start([echo]));
    const post = (body: RequestInit['body'], headers: Record<string, string> = {}) =>
      frame.call('/v1/things/a', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: body ?? null,
      });

    for (const { what, send, status, code } of [
      { what: 'that is no JSON', send: () => post('{"name":'), status: 400, code: 'INVALID_JSON' },
      { what: 'that is missing', send: () => post(null), status: 400, code: 'INVALID_REQUEST' },
      {
        what: 'of another type',
        send: () => post('name=n', { 'content-type': 'application/x-www-form-urlencoded' }),
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
      },
      {
        what: 'in an unknown charset',
        send: () => post('{}', { 'content-type': 'application/json; charset=klingon' }),
        status: 415,
        code: 'UNSUPPORTED_CHARSET',
      },
      {
        what: 'in an unknown encoding',
        send: () => post('{}', { 'content-encoding': 'rot13' }),
        status: 415,
        code: 'UNSUPPORTED_ENCODING',
      },
      {
        what: 'that is not compressed as it says',
        send: () => post('{}', { 'content-encoding': 'gzip' }),
        status: 400,
        code: 'UNREADABLE_BODY',
      },
      {
        what: 'of more than 256 kB',
        send: () => post(JSON.stringify({ name: 'x'.repeat(256 * 1024) })),
        status: 413,
        code: 'BODY_TOO_LARGE',
      },
      {
        what: 'of more than 256 kB once it is decompressed',
        send: () =>
          post(gzipSync(JSON.stringify({ name: 'x'.repeat(256 * 1024) })), { 'content-encoding': 'gzip' }),
        status: 413,
        code: 'BODY_TOO_LARGE',
      },
    ]) {
      it(`${what}: ${status}`, async () => {
        const response = await send();
        expect([response.status, (await problemOf(response))['code']]).to.deep.equal([status, code]);
      });
    }

    it('of more than 32 levels, and takes one of 32', async () => {
      const nested = (levels: number) => `{"name":"n","more":${'['.repeat(levels)}${']'.repeat(levels)}}`;
      expect((await post(nested(31))).status).to.equal(201);
      const refused = await post(nested(100_000));
      expect(refused.status).to.equal(400);
      expect(JSON.stringify(await problemOf(refused))).to.include('32 levels');
    });

    for (const body of [
      '{"name":"n","more":{"__proto__":{"admin":true}}}',
      '{"name":"n","__proto__":{}}',
      '{"name":"n","more":[{"constructor":{"prototype":{}}}]}',
    ]) {
      it(`whose names reach a prototype: ${body}`, async () => {
        const response = await post(body);
        expect(response.status).to.equal(400);
        expect(JSON.stringify(await problemOf(response))).to.include('not allowed');
      });
    }
  });
});
