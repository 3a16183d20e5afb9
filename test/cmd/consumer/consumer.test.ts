import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { Program, temporaryFolder } from '../../support/program.js';

describe('cmd/consumer', function () {
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

  it('serves its probes and metrics, and no API, on the broker of a service that runs', async () => {
    await urlOf(start('cmd/app/main', { KAFKA_CONTROL_CONSUMER_ENABLED: 'false' }));
    const consumer = start('cmd/consumer/main');
    const url = await urlOf(consumer);
    expect(await (await fetch(`${url}/readyz`)).json()).to.deep.equal({ status: 'pass' });
    expect((await fetch(`${url}/metrics`)).status).to.equal(200);
    expect((await fetch(`${url}/v1/kafka/status`)).status).to.equal(404);
    consumer.kill('SIGTERM');
    expect(await consumer.exit()).to.equal(0);
  });

  it('starts no broker of its own: it says how to have one and exits 69', async () => {
    const consumer = start('cmd/consumer/main');
    expect(await consumer.exit()).to.equal(69);
    expect(consumer.stderr)
      .to.include('make run')
      .and.to.include('make broker')
      .and.to.include('KAFKA_BROKERS');
  });
});
