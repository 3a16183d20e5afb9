import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.js';
import { Program, temporaryFolder } from '../../support/program.js';

describe('cmd/consumer with its samples', function () {
  this.timeout(30_000);
  const programs: Program[] = [];
  let dataDir: string;

  beforeEach(() => {
    dataDir = temporaryFolder();
  });

  afterEach(async () => {
    for (const program of programs.splice(0)) {
      program.kill('SIGKILL');
      await program.exit();
    }
    rmSync(dataDir, { recursive: true, force: true });
  });

  function start(script: string, env: Record<string, string> = {}): Program {
    const program = new Program(script, {
      env: { HTTP_PORT: '0', HTTP_HEALTH_PORT: '0', LOG_FORMAT: 'pretty', LOG_LEVEL: 'debug', ...env },
      dataDir,
    });
    programs.push(program);
    return program;
  }

  async function urlOf(program: Program): Promise<string> {
    await program.shows(/is ready/);
    const [, url] = await program.shows(/HTTP\s+(http:\/\/[^/\s]+)/);
    return String(url);
  }

  it('does the work of a service whose own consumers are off, on the broker of that service', async () => {
    const app = await urlOf(start('cmd/app/main', { KAFKA_CONTROL_CONSUMER_ENABLED: 'false' }));
    const consumer = start('cmd/consumer/main');
    const url = await urlOf(consumer);
    const asked = await fetch(`${app}/v1/translations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ source: 'en', target: 'fr', original: 'thank you' }),
    });
    const { id } = (await asked.json()) as { id: string };
    await eventually(async () => {
      const answer = await fetch(`${app}/v1/translations/${id}`);
      return (
        answer.status === 200 && ((await answer.json()) as { translated?: string }).translated === 'merci'
      );
    });
    expect(consumer.stdout).to.match(/event consumed type=translation.requested/);
    expect(await (await fetch(`${url}/readyz?verbose`)).json()).to.deep.equal({
      status: 'pass',
      checks: {
        broker: { status: 'pass' },
        'consumer godev-kit-group.translation-events': { status: 'pass' },
      },
    });
    consumer.kill('SIGTERM');
    expect(await consumer.exit()).to.equal(0);
  });
});
