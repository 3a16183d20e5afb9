import { expect } from 'chai';
import { startBroker, type Broker } from '../../../../pkg/devbroker/index.js';
import {
  createKafkajsDriver,
  DriverError,
  GroupConsumer,
  KafkaAdmin,
  Producer,
  readPartition,
  UnknownTopic,
  type KafkaDriver,
} from '../../../../pkg/kafka/index.js';
import { rejection } from '../../../support/caught.js';
import { silent } from './harness.js';

const TOPIC = 'misspelt';

const MEMBERSHIP = { sessionTimeoutMs: 6_000, rebalanceTimeoutMs: 6_000, heartbeatIntervalMs: 1_000 };

/** What uses a topic in some way. */
const USES: readonly { readonly name: string; readonly use: (driver: KafkaDriver) => Promise<unknown> }[] = [
  {
    name: 'sending to it',
    use: async (driver) => {
      const producer = new Producer(driver);
      await producer.send({ topic: TOPIC, value: 'v' }).finally(() => producer.close());
    },
  },
  {
    name: 'consuming it',
    use: async (driver) => {
      const consumer = new GroupConsumer(driver, 'group');
      // Without topics for its failures, which are made on purpose.
      consumer.subscribe(TOPIC, async () => undefined, { onExhausted: 'block', replays: false });
      await consumer.start().finally(() => consumer.stop());
    },
  },
  {
    name: 'reading it',
    use: async (driver) => {
      for await (const batch of readPartition(driver, { topic: TOPIC, partition: 0, from: 'earliest' })) {
        return batch;
      }
      return undefined;
    },
  },
];

/** What Apache Kafka does unless it is told otherwise, and the embedded broker only when it is told to. */
describe('kafka: on a broker that creates topics on first use', () => {
  let broker: Broker;
  let driver: KafkaDriver;

  beforeEach(async () => {
    broker = await startBroker({ autoCreatePartitions: 1 });
    driver = createKafkajsDriver({ brokers: broker.brokers, clientId: 'uses', logger: silent });
  });
  afterEach(() => broker.stop());

  const topics = () => broker.topics.all().map(({ name }) => name);

  for (const { name, use } of USES) {
    it(`10: no topic is created by ${name}`, async () => {
      await rejection(use(driver), UnknownTopic);
      expect(topics()).to.deep.equal([]);
    });
  }

  it('10: no topic is created by joining a group for it, as when it is deleted meanwhile', async () => {
    const settings = { groupId: 'group', topics: [{ topic: TOPIC, fromBeginning: true }], ...MEMBERSHIP };
    const consumer = driver.consumer(settings, {} as never);
    const { reason } = await rejection(
      consumer.start(5_000).finally(() => consumer.stop()),
      DriverError,
    );
    expect([reason, topics()]).to.deep.equal(['unknown-topic', []]);
  });

  it('10: no topic is created by asking about it, or changing something of it', async () => {
    const admin = new KafkaAdmin(driver);
    const calls: (() => Promise<unknown>)[] = [
      () => admin.describeTopic(TOPIC),
      () => admin.addPartitions(TOPIC, 2),
      () => admin.alterTopicConfigs(TOPIC, { 'retention.ms': '1' }),
      () => admin.deleteTopic(TOPIC),
      () => admin.deleteRecords(TOPIC, [{ partition: 0, offset: 'latest' }]),
      () => admin.topicOffsets(TOPIC),
      () => admin.groupLag('group', [TOPIC]),
      () => admin.resetGroupOffsets('group', TOPIC, 'earliest'),
      () => admin.setGroupOffsets('group', [{ topic: TOPIC, partition: 0, offset: 1n }]),
    ];
    for (const call of calls) {
      await rejection(call(), UnknownTopic);
      expect(topics(), call.toString()).to.deep.equal([]);
    }
  });
});
