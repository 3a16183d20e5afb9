import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { projectRoot } from '../../config/project_root.js';
import { configSchema } from '../../config/schema.js';
import { listFields } from '../../pkg/config/fields.js';
import { freePorts } from '../../scripts/apache_kafka/ports.js';
import { spawnGuarded } from '../../scripts/guarded_spawn.js';
import { runCommand } from '../../scripts/run_command.js';
import { testBrokers } from '../support/broker.js';
import { eventually } from '../support/eventually.js';

const root = projectRoot();
const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** The steps of the Dockerfile that concern files: COPY and RUN, each with its stage. */
function steps(): { stage: number; word: string; rest: string }[] {
  let stage = -1;
  const lines = text('Dockerfile').replaceAll('\\\n', '').split('\n');
  return lines.flatMap((line) => {
    const [, word = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (word === 'FROM') stage += 1;
    return ['COPY', 'RUN', 'USER'].includes(word) ? [{ stage, word, rest }] : [];
  });
}

describe('the container image', function () {
  this.timeout(300_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'image-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (command: string) => {
    const result = await runCommand('sh', ['-c', command], { cwd: folder, timeoutMs: 200_000 });
    expect(result?.status, `${command}:\n${String(result?.output)}`).to.equal(0);
    return result?.output ?? '';
  };

  it('copies nothing but what is there and reaches the builder', () => {
    const allowed = text('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = steps().filter(({ word, rest }) => word === 'COPY' && !rest.startsWith('--from'));
    const sources = copied.flatMap(({ rest }) => rest.split(' ').slice(0, -1));
    expect(sources).to.include('package-lock.json');
    for (const source of sources) {
      expect(allowed, source).to.include(source.split('/')[0]);
      expect(existsSync(path.join(root, source.replace(/\/\*.*/, ''))), source).to.equal(true);
    }
  });

  it('does not run as root', () => {
    const last = steps().at(-1);
    expect([last?.word, last?.rest]).to.deep.equal(['USER', 'node']);
  });

  it('is built by steps that work, holds few packages and no embedded broker, and serves', async () => {
    const built = steps().filter(({ stage }) => stage === 0);
    for (const { word, rest } of built) {
      if (word === 'COPY') copy(rest.split(' '));
      // The packages of this project are what the step would install.
      else if (rest.startsWith('npm ci')) {
        symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
      } else await run(rest);
    }
    expect(existsSync(path.join(folder, 'dist/pkg/devbroker'))).to.equal(false);
    rmSync(path.join(folder, 'node_modules'));
    const [install] = steps().filter(({ stage, word }) => stage === 1 && word === 'RUN');
    const output = await run(install?.rest.split(' && ')[0] ?? 'false');
    expect(Number(/added (\d+) packages/.exec(output)?.[1])).to.be.within(1, 150);
    expect(Number((await run('du -sm node_modules')).split('\t')[0])).to.be.within(1, 70);
    await serves();
  });

  function copy(args: readonly string[]): void {
    const target = path.join(folder, args.at(-1) ?? '');
    for (const source of args.slice(0, -1)) {
      const to = target.endsWith('/') ? path.join(target, source) : target;
      mkdirSync(path.dirname(to), { recursive: true });
      cpSync(path.join(root, source), to, { recursive: true });
    }
  }

  /** Starts what was built as the image does, in production, on brokers of the test. */
  async function serves(): Promise<void> {
    const [port] = await freePorts(1);
    const child = spawnGuarded(process.execPath, ['dist/cmd/app/main.js'], {
      cwd: folder,
      output: 'ignore',
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        APP_ENV: 'production',
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: String(port),
        HTTP_DRAIN_DELAY: '0',
        HTTP_CONTROL_TOKEN: 'x'.repeat(32),
        KAFKA_BROKERS: (await testBrokers()).join(','),
        KAFKA_PROVISION: 'true',
        KAFKA_REPLICATION_FACTOR: '1',
      },
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    try {
      await eventually(
        async () => {
          const answer = await fetch(`http://127.0.0.1:${String(port)}/readyz`).catch(() => undefined);
          return answer?.status === 200;
        },
        { timeoutMs: 60_000 },
      );
    } finally {
      child.kill('SIGTERM');
    }
    expect(await ended).to.equal(0);
  }
});

describe('docker-compose.yml', () => {
  const { services } = parse(text('docker-compose.yml'), { merge: true }) as {
    services: Record<
      string,
      { command?: string[]; environment: Record<string, string>; depends_on?: object }
    >;
  };

  it('gives the programs variables that they know', () => {
    const known = listFields(configSchema).map(({ env }) => env);
    for (const name of ['app', 'consumer']) {
      const given = Object.keys(services[name]?.environment ?? {}).filter((key) => key !== 'HEALTH_PORT');
      expect(given).to.include('KAFKA_BROKERS');
      for (const key of given) expect(known).to.include(key);
      expect(services[name]?.depends_on).to.have.property('kafka');
    }
  });

  it('starts programs that there are', () => {
    const program = services['consumer']?.command?.at(-1) ?? '';
    expect(existsSync(path.join(root, program.replace('dist/', '').replace(/js$/, 'ts')))).to.equal(true);
  });
});
