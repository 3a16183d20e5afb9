import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { readRunFile } from '../../../pkg/devbroker/index.js';
import { eventually } from '../../support/eventually.js';
import { Program, temporaryFolder } from '../../support/program.js';
import { translationsIn } from './translations_in_topic.js';
import { cli } from '../cli/run_in_process.js';

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** The programs as processes on one data folder: two apps and a consumer on the broker of the first app. */
describe('the programs together', function () {
  this.timeout(120_000);
  const programs: Program[] = [];
  let dataDir: string;

  beforeEach(() => {
    dataDir = temporaryFolder();
  });

  afterEach(async () => {
    // The last first, since the first has the broker.
    for (const program of programs.splice(0).reverse()) {
      program.kill('SIGKILL');
      await program.exit();
    }
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(script: string, more: Record<string, string> = {}): Promise<Program> {
    const env = { HTTP_PORT: '0', HTTP_HEALTH_PORT: '0', LOG_FORMAT: 'pretty', ...more };
    const program = new Program(script, { env, dataDir });
    programs.push(program);
    await program.shows(/is ready/);
    return program;
  }

  async function ask(program: Program, method: string, path: string, body?: unknown): Promise<Answer> {
    const [, url] = await program.shows(/HTTP\s+(http:\/\/[^/\s]+)/);
    const response = await fetch(`${String(url)}/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it('two apps answer alike, a restart adds no event, and a translation is completed once', async () => {
    const one = await start('cmd/app/main');
    const [other, consumer] = await Promise.all([start('cmd/app/main'), start('cmd/consumer/main')]);
    const brokers = readRunFile(dataDir)?.brokers ?? [];
    const ids = Array.from({ length: 12 }, (_, id) => String(id));
    for (const id of ids) {
      const app = Number(id) % 2 === 0 ? one : other;
      expect((await ask(app, 'POST', '/users', { id, email: `u${id}@example.com` })).status).to.equal(202);
    }
    const translations: string[] = [];
    for (const original of ['hello', 'thank you', 'friend', 'world', 'yes', 'no']) {
      const asked = await ask(other, 'POST', '/translations', {
        userId: 1,
        source: 'en',
        target: 'de',
        original,
      });
      translations.push(String(asked.body['id']));
    }

    const paths = [
      '/users?limit=100',
      ...ids.map((id) => `/users/${id}`),
      '/translations?userId=1',
      ...translations.map((id) => `/translations/${id}`),
    ];
    const answers = (app: Program) => Promise.all(paths.map((path) => ask(app, 'GET', path)));
    await eventually(
      async () => {
        const [first, second] = [await answers(one), await answers(other)];
        expect(second).to.deep.equal(first);
        expect(first.map(({ status }) => status)).to.deep.equal(paths.map(() => 200));
        const done = first.slice(-translations.length);
        return done.every(({ body }) => body['status'] === 'completed');
      },
      { timeoutMs: 40_000 },
    );
    const known = await answers(one);

    const counts = async () => {
      const { stdout } = await cli(['consume', 'user-events', '--json'], { brokers });
      const { events, completed } = await translationsIn(brokers);
      return { users: stdout.split('\n').length - 1, translations: events, completed };
    };
    const before = await counts();
    expect(before.users).to.equal(ids.length);
    expect(translations.map((id) => before.completed.get(id))).to.deep.equal(translations.map(() => 1));

    for (const program of [other, consumer]) {
      program.kill('SIGTERM');
      expect(await program.exit()).to.equal(0);
    }
    const again = await start('cmd/app/main');
    expect(await answers(again)).to.deep.equal(known);
    expect(await counts()).to.deep.equal(before);
  });

  it('a consumer outlives the app that had the broker, and works for the next one', async () => {
    const idle = { KAFKA_CONTROL_CONSUMER_ENABLED: 'false' };
    const first = await start('cmd/app/main', idle);
    await start('cmd/consumer/main');
    first.kill('SIGTERM');
    expect(await first.exit()).to.equal(0);
    const next = await start('cmd/app/main', idle);
    const request = { source: 'en', target: 'de', original: 'hello' };
    const { body } = await ask(next, 'POST', '/translations', request);
    await eventually(
      async () => {
        const found = await ask(next, 'GET', `/translations/${String(body['id'])}`);
        return found.body['status'] === 'completed';
      },
      { timeoutMs: 45_000 },
    );
  });
});
