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

  it('names the commands that make the topics for messages that fail, where it may not make them', async () => {
    const broker = await startBroker({ topics: { 'user-events': 3, 'translation-events': 2 } });
    try {
      const env = {
        HTTP_PORT: '0',
        LOG_FORMAT: 'pretty',
        KAFKA_BROKERS: broker.brokers.join(','),
        KAFKA_PROVISION: 'false',
        KAFKA_REPLICATION_FACTOR: '3',
      };
      app = new Program('cmd/app/main', { env });
      expect(await app.exit()).to.equal(1);
      for (const kind of ['dlt', 'retry-0']) {
        const topic = `translation-events.godev-kit-group.translation-events-${kind}`;
        expect(app.stdout).to.include(`cli topics create ${topic} --partitions 2 --replication 3 --config`);
      }
    } finally {
      await broker.stop();
    }
  });
});
