import { expect } from 'chai';
import { Program } from '../../support/program.js';

describe('cmd/app', function () {
  this.timeout(20_000);
  let app: Program;

  afterEach(async () => {
    app.kill('SIGKILL');
    await app.exit();
  });

  it('serves its probes when it says that it is ready, and exits 0 on SIGTERM', async () => {
    app = new Program('cmd/app/main', { env: { HTTP_PORT: '0', LOG_FORMAT: 'pretty' } });
    await app.shows(/is ready/);
    const [, url] = await app.shows(/HTTP\s+(http:\S+)\/livez/);
    const livez = await fetch(`${String(url)}/livez`);
    expect([livez.status, await livez.json()]).to.deep.equal([200, { status: 'pass' }]);
    const readyz = await fetch(`${String(url)}/readyz`);
    expect(readyz.status).to.equal(200);
    expect(await readyz.json()).to.deep.equal({
      status: 'pass',
      checks: {
        'consumer godev-kit-group.user-events': { status: 'pass' },
        'consumer godev-kit-group.translation-events': { status: 'pass' },
      },
    });
    app.kill('SIGTERM');
    expect(await app.exit()).to.equal(0);
  });

  it('starts without consumers where consuming is switched off', async () => {
    app = new Program('cmd/app/main', {
      env: { HTTP_PORT: '0', LOG_FORMAT: 'pretty', KAFKA_CONTROL_CONSUMER_ENABLED: 'false' },
    });
    await app.shows(/is ready/);
    const [, url] = await app.shows(/HTTP\s+(http:\S+)\/livez/);
    expect(await (await fetch(`${String(url)}/readyz`)).json()).to.deep.equal({ status: 'pass', checks: {} });
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

  it('names the address and exits 1 when no broker answers', async () => {
    app = new Program('cmd/app/main', { env: { HTTP_PORT: '0', KAFKA_BROKERS: '127.0.0.1:1' } });
    expect(await app.exit()).to.equal(1);
    expect(app.stdout + app.stderr).to.include('127.0.0.1:1');
  });
});
