import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import kafkajs from 'kafkajs';
import { readRunFile } from '../../../pkg/devbroker/index.js';
import { BrokerProgram } from './broker_program.js';

async function withBroker(
  args: readonly string[],
  use: (child: BrokerProgram) => Promise<void>,
): Promise<void> {
  const child = new BrokerProgram(args);
  try {
    await use(child);
  } finally {
    child.kill('SIGKILL');
    await child.exit();
  }
}

async function send(address: string, topic: string, value: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  try {
    await producer.send({ topic, messages: [{ value }] });
  } finally {
    await producer.disconnect();
  }
}

async function endOf(address: string, topic: string): Promise<string | undefined> {
  const admin = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return (await admin.fetchTopicOffsets(topic))[0]?.high;
  } finally {
    await admin.disconnect();
  }
}

describe('cmd/broker', () => {
  it('serves kafkajs, creates the topics it is told to, and stops cleanly on SIGTERM with clients connected', () =>
    withBroker(['--memory', '--port', '0', '--topic', 'orders:2'], async (child) => {
      const address = await child.serving();
      const kafka = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING });
      const producer = kafka.producer();
      const admin = kafka.admin();
      try {
        await Promise.all([producer.connect(), admin.connect()]);
        const [orders] = await producer.send({ topic: 'orders', messages: [{ value: 'a' }, { value: 'b' }] });
        expect(orders?.errorCode).to.equal(0);
        await producer.send({ topic: 'made-on-first-use', messages: [{ value: 'c' }] });
        const { topics } = await admin.fetchTopicMetadata({ topics: ['orders', 'made-on-first-use'] });
        expect(topics.map(({ name, partitions }) => [name, partitions.length])).to.have.deep.members([
          ['orders', 2],
          ['made-on-first-use', 3],
        ]);
        child.kill('SIGTERM');
        expect(await child.exit()).to.equal(0);
        expect(child.stderr).to.equal('');
      } finally {
        await Promise.all([producer.disconnect(), admin.disconnect()]);
      }
    }));

  it('says where it listens, where its data lies and how to reach it, and stops on SIGINT', () =>
    withBroker(['--memory', '--port', '0', '--topic', 'orders:2'], async (child) => {
      const address = await child.serving();
      expect(child.stdout)
        .to.include(`KAFKA_BROKERS=${address} make run`)
        .and.to.include(`kcat -b ${address} -L`)
        .and.to.include('in memory')
        .and.to.include('orders (2)');
      child.kill('SIGINT');
      expect(await child.exit()).to.equal(0);
    }));

  it('ends with 1 and one line when the port is taken', () =>
    withBroker(['--memory', '--port', '0'], async (first) => {
      const port = (await first.serving()).split(':')[1] ?? '';
      await withBroker(['--memory', '--port', port], async (second) => {
        expect(await second.exit()).to.equal(1);
        expect(second.stderr).to.match(new RegExp(`^broker: port ${port} is taken;.*--port\\n$`));
      });
    }));

  it('ends with 64 and the usage on a bad command line', () =>
    withBroker(['--prot', '1'], async (child) => {
      expect(await child.exit()).to.equal(64);
      expect(child.stderr).to.include("'--prot'").and.to.include('Usage: broker');
    }));

  it('ends with 64 and one line when a topic of the command line cannot be', () =>
    withBroker(['--memory', '--topic', 'orders:0'], async (child) => {
      expect(await child.exit()).to.equal(64);
      expect(child.stderr).to.match(/^broker: .*1 to 10000 partitions, not 0.\n$/);
    }));

  it('shows its options with --help and ends with 0', () =>
    withBroker(['--help'], async (child) => {
      expect(await child.exit()).to.equal(0);
      expect(child.stdout).to.include('--topic <name:partitions>');
    }));

  describe('with a data folder', () => {
    let folder: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'broker-program-'));
    });

    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    it('has its records after a kill -9, says where they lie and announces its address there', async () => {
      const args = ['--port', '0', '--data', folder, '--topic', 'orders:1'];
      await withBroker(args, async (child) => {
        const address = await child.serving();
        expect(child.stdout).to.include(join(folder, 'broker'));
        expect(readRunFile(folder)).to.deep.include({ brokers: [address], pid: child.pid });
        await send(address, 'orders', 'a');
      });
      expect(readRunFile(folder)).to.equal(null);
      await withBroker(args, async (child) => {
        const address = await child.serving();
        await send(address, 'orders', 'b');
        expect(await endOf(address, 'orders')).to.equal('2');
        child.kill('SIGTERM');
        expect(await child.exit()).to.equal(0);
        expect(child.stderr).to.equal('');
      });
      expect(existsSync(join(folder, 'run.json'))).to.equal(false);
    });

    it('ends with 1 and names the process that has the folder', () =>
      withBroker(['--port', '0', '--data', folder], async (first) => {
        await first.serving();
        await withBroker(['--port', '0', '--data', folder], async (second) => {
          expect(await second.exit()).to.equal(1);
          expect(second.stderr).to.match(new RegExp(`^broker: .*process ${first.pid};.*--memory\\n$`));
        });
      }));
  });
});
