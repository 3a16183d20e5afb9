import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { startBroker } from '../../../pkg/devbroker/index.js';
import { Program } from '../../support/program.js';

describe('cmd/app', function () {
  this.timeout(20_000);
  let app: Program;

  afterEach(async () => {
    app.kill('SIGKILL');
    await app.exit();
  });

  /** Where the program says that its HTTP side is. */
  async function url(): Promise<string> {
    const [, found] = await app.shows(/HTTP\s+(http:\S+)\/v1/);
    return String(found);
  }

  const read = async (path: string) => {
    const response = await fetch((await url()) + path);
    return [response.status, await response.json()];
  };

  it('serves its probes when it says that it is ready, and exits 0 on SIGTERM', async () => {
    app = new Program('cmd/app/main', { env: { HTTP_PORT: '0', LOG_FORMAT: 'pretty' } });
    await app.shows(/is ready/);
    expect(await read('/livez')).to.deep.equal([200, { status: 'pass' }]);
    expect(await read('/startupz')).to.deep.equal([200, { status: 'pass' }]);
    expect(await read('/readyz')).to.deep.equal([200, { status: 'pass' }]);
    const [, report] = await read('/readyz?verbose');
    expect(report)
      .to.have.property('checks')
      .that.deep.includes({ broker: { status: 'pass' } });
    app.kill('SIGTERM');
    expect(await app.exit()).to.equal(0);
  });

  it('starts without consumers where consuming is switched off', async () => {
    app = new Program('cmd/app/main', {
      env: { HTTP_PORT: '0', LOG_FORMAT: 'pretty', KAFKA_CONTROL_CONSUMER_ENABLED: 'false' },
    });
    await app.shows(/is ready/);
    expect(await read('/readyz')).to.deep.equal([200, { status: 'warn' }]);
  });

  it('waits for brokers that do not answer, says so, and is ready once they do', async () => {
    // Until the broker comes, its port is kept from others.
    const place = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(place, 'listening');
    const { port } = place.address() as AddressInfo;
    app = new Program('cmd/app/main', {
      env: { HTTP_PORT: '0', LOG_FORMAT: 'pretty', KAFKA_BROKERS: `127.0.0.1:${port}` },
    });
    await app.shows(/no broker answers.*127\.0\.0\.1/);
    expect(await read('/livez')).to.deep.equal([200, { status: 'pass' }]);
    expect(await read('/startupz')).to.deep.equal([503, { status: 'fail' }]);
    expect(await read('/readyz')).to.deep.equal([503, { status: 'fail' }]);
    const [status, problem] = await read('/v1/kafka/status');
    expect([status, (problem as { code: string }).code]).to.deep.equal([503, 'STARTING']);
    place.close();
    await once(place, 'close');
    const broker = await startBroker({ port });
    try {
      await app.shows(/is ready/);
      expect(await read('/readyz')).to.deep.equal([200, { status: 'pass' }]);
      app.kill('SIGTERM');
      expect(await app.exit()).to.equal(0);
    } finally {
      await broker.stop();
    }
  });

  it('closes everything when it stops, so that the process ends by itself', async () => {
    app = new Program('test/cmd/app/start_and_stop');
    await app.shows(/started/);
    await app.shows(/stopped/);
    expect(await app.exit()).to.equal(0);
    expect(app.stdout + app.stderr).to.equal('started\nstopped\n');
  });

  it('lists every configuration problem with its mend and exits 78', async () => {
    app = new Program('cmd/app/main', {
      env: { HTTP_PORT: 'abc', KAFKA_CONTROL_PRODUCER_ENABLED: 'maybe', KAFKA_BROKER: 'x:1' },
    });
    expect(await app.exit()).to.equal(78);
    expect(app.stderr).to.match(/HTTP_PORT.*abc/);
    expect(app.stderr).to.match(/KAFKA_CONTROL_PRODUCER_ENABLED.*maybe/);
    expect(app.stderr)
      .to.match(/KAFKA_BROKER\b/)
      .and.match(/KAFKA_BROKERS/);
  });

  it('refuses to run in production on what is for development, naming all of it at once, and exits 78', async () => {
    app = new Program('cmd/app/main', { env: { APP_ENV: 'production' } });
    expect(await app.exit()).to.equal(78);
    expect(app.stderr)
      .to.match(/2 problems/)
      .and.match(/embedded broker/)
      .and.match(/HTTP_CONTROL_TOKEN/);
    expect(app.stdout).to.equal('');
  });

  it('ends at once at the second signal, whatever the first waits for', async () => {
    app = new Program('cmd/app/main', {
      env: {
        HTTP_PORT: '0',
        HTTP_DRAIN_DELAY: '60000',
        HTTP_SHUTDOWN_TIMEOUT: '90000',
        LOG_FORMAT: 'pretty',
      },
    });
    await app.shows(/is ready/);
    app.kill('SIGTERM');
    await app.shows(/SIGTERM: stopping; once more to stop at once/);
    expect(await read('/readyz')).to.deep.equal([503, { status: 'fail' }]);
    expect(await read('/livez')).to.deep.equal([200, { status: 'pass' }]);
    app.kill('SIGINT');
    expect(await app.exit()).to.equal(130);
  });
});
