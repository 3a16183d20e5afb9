import { expect } from 'chai';
import { startBroker } from '../../../pkg/devbroker/index.js';
import { Program } from '../../support/program.js';

describe('cmd/app with its samples', function () {
  this.timeout(20_000);
  let app: Program;

  afterEach(async () => {
    app.kill('SIGKILL');
    await app.exit();
  });

  it('names every consumer and view among what its readiness depends on', async () => {
    app = new Program('cmd/app/main', { env: { HTTP_PORT: '0', LOG_FORMAT: 'pretty' } });
    await app.shows(/is ready/);
    const [, url] = await app.shows(/HTTP\s+(http:\S+)\/v1/);
    const checks = {
      broker: { status: 'pass' },
      'consumer godev-kit-group.translation-events': { status: 'pass' },
      'view of user-events': { status: 'pass' },
      'view of translation-events': { status: 'pass' },
    };
    const answer = await fetch(`${String(url)}/readyz?verbose`);
    expect(await answer.json()).to.deep.equal({ status: 'pass', checks });
  });

  it('names the topics that are missing and exits 1 where it may not make them', async () => {
    const broker = await startBroker();
    try {
      const env = { HTTP_PORT: '0', KAFKA_BROKERS: broker.brokers.join(','), KAFKA_PROVISION: 'false' };
      app = new Program('cmd/app/main', { env });
      expect(await app.exit()).to.equal(1);
      expect(app.stdout).to.match(/user-events .*translation-events /);
    } finally {
      await broker.stop();
    }
  });
});
