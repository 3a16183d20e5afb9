import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import kafkajs, { type Admin, type Kafka, type Producer } from 'kafkajs';
import { type Broker, type BrokerOptions, startBroker } from '../../../../pkg/devbroker/index.js';
import { FakeFileSystem } from '../log/fake_file_system.js';

function client(broker: Broker, retries = 5): Kafka {
  return new kafkajs.Kafka({
    brokers: broker.brokers,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 5, maxRetryTime: 20, retries },
  });
}

/** Starts a broker, lends out connected clients, and stops it. */
async function session(
  options: BrokerOptions,
  use: (clients: { admin: Admin; producer: Producer; broker: Broker }) => Promise<void>,
): Promise<void> {
  const broker = await startBroker(options);
  const admin = client(broker).admin();
  const producer = client(broker).producer({ idempotent: true });
  try {
    await Promise.all([admin.connect(), producer.connect()]);
    await use({ admin, producer, broker });
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
    await broker.stop();
  }
}

/** Reads a topic of one partition from its start. @returns the values, after the offset was committed if one is named */
async function read(
  broker: Broker,
  { topic, count, commit }: { topic: string; count: number; commit?: string },
): Promise<string[]> {
  const consumer = client(broker).consumer({ groupId: 'g', maxWaitTimeInMs: 20 });
  const found: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  try {
    await new Promise<void>((resolve, reject) => {
      const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
        found.push(String(message.value));
        if (found.length < count) return;
        if (commit !== undefined) await consumer.commitOffsets([{ topic, partition: 0, offset: commit }]);
        resolve();
      };
      consumer.on('consumer.crash', ({ payload }) => {
        reject(payload.error);
      });
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return found;
}

async function committed(admin: Admin, topic: string): Promise<string[] | undefined> {
  const [offsets] = await admin.fetchOffsets({ groupId: 'g', topics: [topic] });
  return offsets?.partitions.map(({ offset }) => offset);
}

describe('devbroker: a broker with a data folder', () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'devbroker-'));
  });

  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  it('has its topics, records and committed offsets after a restart, and the same cluster id', async () => {
    let clusterId = '';
    await session({ dataDir, topics: { orders: 1 } }, async ({ admin, producer, broker }) => {
      clusterId = broker.clusterId;
      await producer.send({ topic: 'orders', messages: [{ value: 'a' }, { value: 'b' }] });
      await producer.send({ topic: 'orders', messages: [{ value: 'c' }] });
      await read(broker, { topic: 'orders', count: 3, commit: '2' });
      expect(await committed(admin, 'orders')).to.deep.equal(['2']);
    });
    await session({ dataDir }, async ({ admin, producer, broker }) => {
      expect(broker.clusterId).to.equal(clusterId);
      await producer.send({ topic: 'orders', messages: [{ value: 'd' }] });
      expect(await committed(admin, 'orders')).to.deep.equal(['2']);
      expect(await read(broker, { topic: 'orders', count: 2 })).to.deep.equal(['c', 'd']);
    });
  });

  it('has no trace of a deleted topic after a restart, nor its committed offsets', async () => {
    await session({ dataDir, topics: { orders: 1 } }, async ({ admin, producer, broker }) => {
      await producer.send({ topic: 'orders', messages: [{ value: 'old' }] });
      await read(broker, { topic: 'orders', count: 1, commit: '1' });
      await admin.deleteTopics({ topics: ['orders'] });
    });
    await session({ dataDir, topics: { orders: 1 } }, async ({ admin, producer, broker }) => {
      await producer.send({ topic: 'orders', messages: [{ value: 'new' }] });
      expect(await committed(admin, 'orders')).to.deep.equal(['-1']);
      expect(await read(broker, { topic: 'orders', count: 1 })).to.deep.equal(['new']);
    });
  });

  it('answers on a full disk that it cannot store, keeps what it acknowledged, and goes on with the space', async () => {
    const fileSystem = new FakeFileSystem();
    const options = { dataDir: '/data', fileSystem, topics: { orders: 1 } };
    await session(options, async ({ producer, broker }) => {
      await producer.send({ topic: 'orders', messages: [{ value: 'before' }] });
      fileSystem.capacity = 10;
      const hasty = client(broker, 0).producer();
      await hasty.connect();
      const refused = await hasty
        .send({ topic: 'orders', messages: [{ value: 'lost' }] })
        .catch((error: unknown) => error);
      await hasty.disconnect();
      expect(refused).to.have.nested.property('cause.type', 'KAFKA_STORAGE_ERROR');
      let refusals = 0;
      fileSystem.fail = (call) => {
        if (call === 'write' && ++refusals === 4) fileSystem.capacity = Infinity;
        return undefined;
      };
      await producer.send({ topic: 'orders', messages: [{ value: 'after' }] });
      expect(refusals).to.be.above(4);
    });
    await session(options, async ({ broker }) => {
      expect(await read(broker, { topic: 'orders', count: 2 })).to.deep.equal(['before', 'after']);
    });
  });

  it('removes records that are older than the topic keeps them, while it runs', async () => {
    await session(
      { dataDir, retentionCheckMs: 5, topics: { orders: 1 } },
      async ({ admin, producer, broker }) => {
        broker.topics.configure(broker.topics.get('orders')!, new Map([['retention.ms', '1000']]));
        await producer.send({ topic: 'orders', messages: [{ value: 'old', timestamp: '1000' }] });
        let low = '0';
        while (low === '0') low = (await admin.fetchTopicOffsets('orders'))[0]?.low ?? '';
        expect(low).to.equal('1');
      },
    );
  });
});
