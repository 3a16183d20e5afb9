import { expect } from 'chai';
import { setImmediate } from 'node:timers/promises';
import {
  deadLetterTopic,
  KafkaAdmin,
  NonRetryableError,
  Producer,
  readPartition,
  TopicFollower,
} from '../../../../pkg/kafka/index.js';
import { eventually } from '../../../support/eventually.js';
import { closeAll, newTopic, numbered, openDriver, openManager, silent, stored } from './harness.js';

const PARTITIONS = 16;

/** More listeners than Node.js takes for usual. */
describe('kafka: many that wait for one signal are no cause for a warning of the process', () => {
  const warnings: Error[] = [];
  const keep = (warning: Error) => warnings.push(warning);

  before(() => process.on('warning', keep));
  after(async () => {
    process.off('warning', keep);
    await closeAll();
  });
  beforeEach(() => {
    warnings.length = 0;
  });
  afterEach(async () => {
    // Warnings are told a little later.
    await setImmediate();
    expect(warnings).to.deep.equal([]);
  });

  it('messages of a call', async () => {
    const topic = await newTopic();
    const producer = new Producer(await openDriver());
    const messages = numbered(50).map((value) => ({ topic, value }));
    const results = await producer.sendMany(messages, { signal: new AbortController().signal });
    expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(50);
    await producer.close();
  });

  it('readings of the partitions of a topic', async () => {
    const topic = await newTopic(PARTITIONS);
    const driver = await openDriver();
    const { signal } = new AbortController();
    const read = async (partition: number) => {
      let batches = 0;
      const what = { topic, partition, from: 'earliest', to: 'end', signal } as const;
      for await (const { records } of readPartition(driver, what)) batches += 1 + records.length;
      return batches;
    };
    const counts = await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => read(partition)));
    expect(counts).to.deep.equal(Array.from({ length: PARTITIONS }, () => 1));
  });

  it('the partitions of a topic that is followed', async () => {
    const topic = await newTopic(PARTITIONS);
    const driver = await openDriver();
    const follower = new TopicFollower({
      topic,
      read: (options) => readPartition(driver, options),
      handle: async () => undefined,
      logger: silent,
      countPartitions: async (of) => (await new KafkaAdmin(driver).describeTopic(of)).partitions.length,
    });
    await follower.start();
    expect(follower.status().caughtUp).to.equal(true);
    await follower.stop();
  });

  it('failed messages of a partition that are set aside at once', async () => {
    const topic = await newTopic();
    const letters = deadLetterTopic(topic, 'set-aside');
    const manager = await openManager({ consumer: { floodGuard: false } });
    manager.addConsumer(topic, 'set-aside', () => Promise.reject(new NonRetryableError('bad')));
    await manager.startConsumer(topic, 'set-aside');
    const results = await manager.sendMessages(numbered(50).map((value) => ({ topic, key: value, value })));
    expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(50);
    await eventually(async () => (await stored(letters)) === 50);
  });
});
