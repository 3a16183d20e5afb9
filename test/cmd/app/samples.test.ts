import { expect } from 'chai';
import { startBroker } from '../../../pkg/devbroker/index.js';
import { Program } from '../../support/program.js';
import { cli } from '../cli/run_in_process.js';

/** Each service has its own by default. */
const KAFKA_GROUP_ID = 'my-group';

describe('cmd/app with its samples', function () {
  this.timeout(20_000);
  let app: Program;

  afterEach(async () => {
    app.kill('SIGKILL');
    await app.exit();
  });

  it('names every consumer and view among what its readiness depends on', async () => {
    app = new Program('cmd/app/main', { env: { HTTP_PORT: '0', LOG_FORMAT: 'pretty', KAFKA_GROUP_ID } });
    await app.shows(/is ready/);
    const [, url] = await app.shows(/HTTP\s+(http:\S+)\/v1/);
    const checks = {
      broker: { status: 'pass' },
      [`consumer ${KAFKA_GROUP_ID}.translation-events`]: { status: 'pass' },
      'view of user-events': { status: 'pass' },
      'view of translation-events': { status: 'pass' },
    };
    const answer = await fetch(`${String(url)}/readyz?verbose`);
    expect(await answer.json()).to.deep.equal({ status: 'pass', checks });
  });

  it('ends as soon as its start has failed: nobody was sent to it whom it would have to tell', async () => {
    const broker = await startBroker();
    try {
      app = new Program('cmd/app/main', {
        env: {
          HTTP_PORT: '0',
          HTTP_DRAIN_DELAY: '60000',
          HTTP_SHUTDOWN_TIMEOUT: '90000',
          LOG_FORMAT: 'pretty',
          KAFKA_BROKERS: broker.brokers.join(','),
          KAFKA_PROVISION: 'false',
        },
      });
      expect(await app.exit()).to.equal(1);
      expect(app.stdout).to.match(/the program could not start[^]*topics are missing/);
    } finally {
      await broker.stop();
    }
  });

  it('names at once all topics that are missing where it may not make them, and one command is enough', async () => {
    const broker = await startBroker();
    try {
      const env = {
        APP_ENV: 'production',
        HTTP_CONTROL_TOKEN: 'x'.repeat(32),
        HTTP_PORT: '0',
        KAFKA_BROKERS: broker.brokers.join(','),
        KAFKA_GROUP_ID,
        KAFKA_REPLICATION_FACTOR: '1',
      };
      app = new Program('cmd/app/main', { env });
      expect(await app.exit()).to.equal(1);
      const group = `${KAFKA_GROUP_ID}.translation-events`;
      const forFailures = ['dlt', 'retry-0'].map((kind) => `translation-events.${group}-${kind}`);
      for (const topic of ['user-events', 'translation-events', ...forFailures]) {
        expect(app.stdout).to.match(new RegExp(`[ ,]${topic}[,.] `));
      }
      expect(app.stdout).to.include('Create them with cmd/cli (topics apply)');

      expect(await cli(['topics', 'apply'], { env })).to.include({ code: 0 });
      app = new Program('cmd/app/main', { env });
      await app.shows(/is ready/);
    } finally {
      await broker.stop();
    }
  });
});
