import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { rmSync } from 'node:fs';
import { Program, temporaryFolder } from '../support/program.js';

const KINDS = [
  'user.created',
  'user.updated',
  'user.deleted',
  'translation.requested',
  'translation.completed',
  'message',
];

describe('examples/kafka_demo', function () {
  this.timeout(30_000);
  let demo: Program;

  afterEach(async () => {
    demo.kill('SIGKILL');
    await demo.exit();
  });

  it('shows each of six messages produced and consumed at the same place, and exits 0', async () => {
    demo = new Program('examples/kafka_demo');
    expect(await demo.exit(), demo.stderr).to.equal(0);
    for (const kind of KINDS) {
      const place = (direction: string) =>
        new RegExp(`${direction} ${kind.replace('.', '\\.')} +(\\S+\\[\\d\\]@\\d+) `).exec(demo.stdout)?.[1];
      expect(place('produced'), `${kind} produced`).to.be.a('string');
      expect(place('consumed'), `${kind} consumed`).to.equal(place('produced'));
    }
    expect(demo.stdout).to.match(/my-topic\[0\]@0 +key +Hello Kafka!/);
    expect(demo.stdout).to.include('6 produced, 6 consumed').and.include('What to try next');
    expect(demo.stderr).to.equal('');
  });

  it('keeps the events of one user in order', async () => {
    demo = new Program('examples/kafka_demo');
    await demo.exit();
    const consumed = [...demo.stdout.matchAll(/consumed (user\.\w+)/g)].map(([, type]) => type);
    expect(consumed).to.deep.equal(['user.created', 'user.updated', 'user.deleted']);
  });

  it('runs again after a kill -9 in the middle, and goes on where the topics stood', async () => {
    const dataDir = temporaryFolder();
    try {
      demo = new Program('examples/kafka_demo', { dataDir });
      await demo.shows(/produced message +my-topic\[0\]@0/);
      demo.kill('SIGKILL');
      expect(await demo.exit()).to.equal(null);
      demo = new Program('examples/kafka_demo', { dataDir });
      expect(await demo.exit(), demo.stderr).to.equal(0);
      expect(demo.stdout).to.match(/produced message +my-topic\[0\]@1/);
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });

  it('uses the broker of a service that runs already', async () => {
    const dataDir = temporaryFolder();
    const service = new Program('cmd/app/main', { dataDir, env: { HTTP_PORT: '0' } });
    try {
      await service.shows(/is ready/);
      demo = new Program('examples/kafka_demo', { dataDir });
      expect(await demo.exit(), demo.stderr).to.equal(0);
      expect(demo.stdout)
        .to.include('6 produced, 6 consumed')
        .and.match(/embedded broker of process \d+/);
    } finally {
      service.kill('SIGTERM');
      expect(await service.exit()).to.equal(0);
      rmSync(dataDir, { recursive: true });
    }
  });

  it('says what is wrong and ends when the producer is switched off', async () => {
    demo = new Program('examples/kafka_demo', { env: { KAFKA_CONTROL_PRODUCER_ENABLED: 'false' } });
    expect(await demo.exit()).to.equal(1);
    expect(demo.stderr).to.match(/switched off/i);
  });

  it('gives up on a host that accepts connections and stays silent', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    demo = new Program('examples/kafka_demo', { env: { KAFKA_BROKERS: address } });
    expect(await demo.exit()).to.equal(1);
    expect(demo.stderr).to.include(address);
    silent.close();
  });

  it('says in one line which broker does not answer and exits 1', async () => {
    demo = new Program('examples/kafka_demo', { env: { KAFKA_BROKERS: '127.0.0.1:1' } });
    expect(await demo.exit()).to.equal(1);
    expect(demo.stderr.trim().split('\n')).to.have.length(1);
    expect(demo.stderr).to.include('127.0.0.1:1');
  });
});
