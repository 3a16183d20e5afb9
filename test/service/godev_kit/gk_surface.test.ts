import { expect } from 'chai';
import { loadConfig } from '../../../config/config.js';
import { NotFound } from '../../../internal/entity/errors.js';
import { Users } from '../../../internal/usecase/contracts.js';
import { ConfigError } from '../../../pkg/config/index.js';
import { createLogger } from '../../../pkg/logger/index.js';
import { caught } from '../../support/caught.js';
import { eventually } from '../../support/eventually.js';
import { operationsOf } from '../http/documented.js';
import { StubbedApi } from '../support/stubbed_api.js';

const TOKEN = 'a-control-token-of-more-than-32-characters';
const production = { APP_ENV: 'production', KAFKA_BROKERS: 'kafka-1:9092' };

/** The routes of GoDev Kit that this service has. */
const ROUTES = [
  'POST /kafka/producer/request',
  'GET /kafka/consumer/receiver',
  'POST /kafka/producer/enable',
  'POST /kafka/producer/disable',
  'POST /kafka/consumer/enable',
  'POST /kafka/consumer/disable',
  'GET /kafka/status',
  'GET /kafka/producer/status',
  'GET /kafka/consumer/status',
];

/** What went wrong in GoDev Kit, numbered from GK1 on, does not go wrong here. */
describe('GoDev Kit: surface', () => {
  let api: StubbedApi;

  beforeEach(() => {
    api = new StubbedApi();
  });

  afterEach(() => api.stop());

  it('GK7: what is configured wrongly is refused at the start, without showing a secret', () => {
    const env = { HTTP_PORT: 'many', KAFKA_GROUP_ID: '', HTTP_CONTROL_TOKEN: 'short-secret' };
    const { message } = caught(() => loadConfig({ env }), ConfigError);
    expect(message).to.include('HTTP.PORT').and.to.include('KAFKA.GROUP_ID').and.to.include('CONTROL_TOKEN');
    expect(message).not.to.include('short-secret');
  });

  it('GK7: the configuration cannot be changed while the service runs', () => {
    const config = loadConfig({ env: {} });
    expect(() => {
      (config.KAFKA as { GROUP_ID: string }).GROUP_ID = 'other';
    }).to.throw(TypeError);
  });

  it('GK10: every control route asks for the token, and there is none by default', async () => {
    await api.start(
      {},
      { ...production, HTTP_HOST: '127.0.0.1', HTTP_CONTROL_TOKEN: TOKEN, HTTP_DRAIN_DELAY: '0' },
    );
    for (const { method, path: route, isControl } of await operationsOf(api)) {
      expect(isControl, route).to.equal(route.startsWith('/kafka'));
      if (!isControl) continue;
      for (const headers of [{}, { authorization: 'Bearer 123' }, { authorization: `Bearer ${TOKEN}!` }]) {
        for (const prefix of ['/v1', '/api/v1']) {
          const response = await api.call(prefix + route, { method, headers });
          expect(response.status, `${method} ${prefix}${route}`).to.equal(401);
        }
      }
    }
    const { message } = caught(() => loadConfig({ env: production }), ConfigError);
    expect(message).to.include('HTTP.CONTROL_TOKEN');
  });

  it('GK10: nobody may control a listener that others can reach, unless by the token', async () => {
    await api.start({ 'HTTP.HOST': '0.0.0.0' });
    const { port } = new URL(api.url);
    const response = await fetch(`http://127.0.0.1:${port}/v1/kafka/producer/disable`, { method: 'POST' });
    expect(response.status).to.equal(401);
  });

  it('GK12: each level is logged as what it is', async () => {
    const { PassThrough } = await import('node:stream');
    const stream = new PassThrough();
    const logger = createLogger({ level: 'debug', format: 'json', name: 'test', stream });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]('said');
    await logger.flush();
    const lines = String(stream.read()).trim().split('\n');
    const levels = lines.map((line) => (JSON.parse(line) as { level: string }).level);
    expect(levels).to.deep.equal(['debug', 'info', 'warn', 'error']);
  });

  it('GK12: each request leaves one access line, and one that fails ends neither line nor service', async () => {
    await api.start();
    api
      .stub(Users, 'get')
      .onFirstCall()
      .throws(new Error('broken'))
      .onSecondCall()
      .rejects(new NotFound('X', 'none'));
    expect((await api.call('/v1/users/a')).status).to.equal(500);
    expect((await api.call('/v1/users/b')).status).to.equal(404);
    await eventually(() => api.log.at('info').length === 2);
    expect(api.log.at('info')).to.deep.equal(['GET /v1/users/a 500', 'GET /v1/users/b 404']);
    expect(api.log.at('error')).to.deep.equal(['a request failed']);
  });

  it('GK13: all nine routes are served under /v1 and /api/v1, and documented', async () => {
    await api.start();
    const documented = await operationsOf(api);
    for (const route of ROUTES) {
      const operation = documented.find(({ name }) => name === route);
      expect(operation?.servers, route).to.deep.equal(['/v1', '/api/v1']);
    }
  });

  it('GK14: every error has one shape; its status follows from its class, and a 5xx says nothing of within', async () => {
    await api.start();
    const inner = new Error('pq: password authentication failed for user "svc"');
    const outcomes = [
      [new NotFound('USER_NOT_FOUND', 'There is no user a.', { cause: inner }), 404],
      [new Error('user not found', { cause: new NotFound('USER_NOT_FOUND', 'x') }), 500],
      [inner, 500],
    ] as const;
    const shapes: string[][] = [];
    for (const [error, status] of outcomes) {
      api.stub(Users, 'get').rejects(error);
      const response = await api.call('/v1/users/a');
      expect([response.status, response.headers.get('content-type')]).to.deep.equal([
        status,
        'application/problem+json; charset=utf-8',
      ]);
      const body = (await response.json()) as Record<string, unknown>;
      expect(JSON.stringify(body)).not.to.include('password');
      shapes.push(Object.keys(body));
    }
    const invalid = await api.call('/v1/users?limit=x');
    shapes.push(Object.keys((await invalid.json()) as object).filter((name) => name !== 'errors'));
    for (const shape of shapes) expect(shape).to.deep.equal(shapes[0]);
  });
});
