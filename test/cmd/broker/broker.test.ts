import { expect } from 'chai';
import kafkajs from 'kafkajs';
import { BrokerChild } from './child.js';

async function withBroker(
  args: readonly string[],
  use: (child: BrokerChild) => Promise<void>,
): Promise<void> {
  const child = new BrokerChild(args);
  try {
    await use(child);
  } finally {
    await child.kill();
  }
}

describe('cmd/broker', () => {
  it('serves kafkajs, creates the topics it is told to, and stops cleanly on SIGTERM with clients connected', () =>
    withBroker(['--port', '0', '--topic', 'orders:2'], async (child) => {
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
        child.signal('SIGTERM');
        expect(await child.exit).to.equal(0);
        expect(child.stderr).to.equal('');
      } finally {
        await Promise.all([producer.disconnect(), admin.disconnect()]);
      }
    }));

  it('says where it listens, where its data lies and how to reach it, and stops on SIGINT', () =>
    withBroker(['--port', '0', '--topic', 'orders:2'], async (child) => {
      const address = await child.serving();
      expect(child.stdout)
        .to.include(`KAFKA_BROKERS=${address} make demo`)
        .and.to.include(`kcat -b ${address} -L`)
        .and.to.include('in memory')
        .and.to.include('orders (2)');
      child.signal('SIGINT');
      expect(await child.exit).to.equal(0);
    }));

  it('ends with 1 and one line when the port is taken', () =>
    withBroker(['--port', '0'], async (first) => {
      const port = (await first.serving()).split(':')[1] ?? '';
      await withBroker(['--port', port], async (second) => {
        expect(await second.exit).to.equal(1);
        expect(second.stderr).to.match(new RegExp(`^broker: port ${port} is taken;.*--port\\n$`));
      });
    }));

  it('ends with 64 and says what is wrong with a bad command line', async () => {
    const bad: [string[], string][] = [
      [['--prot', '1'], '--prot'],
      [['--topic', 'orders:0'], '1 to 10000 partitions'],
    ];
    for (const [args, expected] of bad) {
      await withBroker(args, async (child) => {
        expect(await child.exit, args.join(' ')).to.equal(64);
        expect(child.stderr).to.include(expected);
      });
    }
  });

  it('shows its options with --help and ends with 0', () =>
    withBroker(['--help'], async (child) => {
      expect(await child.exit).to.equal(0);
      expect(child.stdout).to.include('--topic <name:partitions>');
    }));
});
