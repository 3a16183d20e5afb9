import { expect } from 'chai';
import {
  controlAccess,
  metricsRoute,
  probeRoutes,
  type Readiness,
  requestMetrics,
} from '../../../pkg/httpserver/index.js';
import { Metrics } from '../../../pkg/telemetry/index.js';
import { eventually } from '../../support/eventually.js';
import { Frame } from './support.js';

describe('the routes for whoever runs a program', () => {
  let frame: Frame;
  let life: { running: boolean; hasStarted: boolean };
  let readiness: Readiness;

  beforeEach(() => {
    frame = new Frame();
    life = { running: true, hasStarted: true };
    readiness = { status: 'pass', checks: { broker: { status: 'pass' } } };
  });

  afterEach(() => frame.stop());

  const probe = async (path: string): Promise<[number, unknown]> => {
    const response = await frame.call(`/v1${path}`);
    return [response.status, await response.json()];
  };
  const start = () =>
    frame.start(
      probeRoutes({ life: () => life, readiness: async () => readiness, readyWhen: 'All is there.' }),
    );

  it('say that the process lives, that it has started, and that it is ready', async () => {
    await start();
    for (const path of ['/livez', '/healthz', '/startupz', '/readyz']) {
      expect(await probe(path), path).to.deep.equal([200, { status: 'pass' }]);
    }
    expect((await probe('/readyz?verbose'))[1]).to.deep.equal(readiness);
  });

  it('are not put off by what a query holds', async () => {
    await start();
    for (const query of ['verbose', 'verbose=1', 'verbose=true', 'a=b&verbose=yes&verbose=x']) {
      expect(await probe(`/readyz?${query}`), query).to.deep.equal([200, readiness]);
    }
    for (const query of ['verbose=false', 'nonsense=1', '__proto__=1&%zz']) {
      expect(await probe(`/readyz?${query}`), query).to.deep.equal([200, { status: 'pass' }]);
    }
  });

  it('ask nobody before it has started and when it is about to stop, and stay alive', async () => {
    await start();
    for (const [hasStarted, detail] of [
      [false, 'is starting'],
      [true, 'is about to stop'],
    ] as const) {
      life = { running: false, hasStarted };
      const checks = { program: { status: 'fail', detail } };
      expect(await probe('/readyz?verbose')).to.deep.equal([503, { status: 'fail', checks }]);
      expect((await probe('/startupz'))[0]).to.equal(hasStarted ? 200 : 503);
      expect((await probe('/livez'))[0]).to.equal(200);
    }
  });

  it('call a program with a warning ready, and one that fails not', async () => {
    await start();
    readiness = { ...readiness, status: 'warn' };
    expect(await probe('/readyz')).to.deep.equal([200, { status: 'warn' }]);
    readiness = { ...readiness, status: 'fail' };
    expect(await probe('/readyz')).to.deep.equal([503, { status: 'fail' }]);
  });

  it('serve metrics, with the time that requests took but for those that are skipped', async () => {
    const metrics = new Metrics();
    const routes = [
      metricsRoute(metrics, '/metrics'),
      ...probeRoutes({ life: () => life, readiness: async () => readiness, readyWhen: 'All is there.' }),
    ];
    await frame.start(routes, { observers: [requestMetrics(metrics, ['/v1/metrics'])] });
    await probe('/livez');
    await eventually(async () => {
      const text = await (await frame.call('/v1/metrics')).text();
      return /http_request_duration_seconds_count\{.*livez.*\} 1/.test(text);
    });
    expect(await metrics.render()).not.to.match(/duration_seconds_count\{.*metrics/);
  });
});

describe('access to control routes', () => {
  const token = 'x'.repeat(32);

  it('is by the token where there is one, else for this machine alone, where that is trusted', () => {
    const on = (host: string, trustsLoopback: boolean, given?: string) =>
      controlAccess({ host, trustsLoopback, token: given }).by;
    expect(on('0.0.0.0', false, token)).to.equal('token');
    expect(on('127.0.0.1', true, token)).to.equal('token');
    for (const host of ['127.0.0.1', 'localhost', '::1']) expect(on(host, true), host).to.equal('loopback');
    expect(on('0.0.0.0', true)).to.equal('nobody');
    expect(on('127.0.0.1.example', true)).to.equal('nobody');
    expect(on('127.0.0.1', false)).to.equal('nobody');
  });
});
