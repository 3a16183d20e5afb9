import { expect } from 'chai';
import kafkajs, { type Admin, type Kafka as KafkaClient } from 'kafkajs';
import { testBrokers, uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

describe("kafkajs's admin", function () {
  this.timeout(30_000);
  let kafka: KafkaClient;
  let admin: Admin;

  before(async () => {
    kafka = new Kafka({ brokers: [...(await testBrokers())], logLevel: logLevel.NOTHING });
    admin = kafka.admin();
    await admin.connect();
  });

  after(async () => {
    await admin.disconnect();
  });

  async function newTopic(numPartitions = 1): Promise<string> {
    const topic = uniqueName('admin');
    await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true });
    return topic;
  }

  async function fill(topic: string, count: number): Promise<void> {
    const producer = kafka.producer();
    await producer.connect();
    const messages = Array.from({ length: count }, (_, i) => ({ value: `v${i}` }));
    await producer.send({ topic, messages });
    await producer.disconnect();
  }

  it('creates, lists and deletes topics', async () => {
    const topic = await newTopic();
    expect(await admin.listTopics()).to.include(topic);
    await admin.deleteTopics({ topics: [topic] });
    await eventually(async () => !(await admin.listTopics()).includes(topic));
  });

  it('adds partitions', async () => {
    const topic = await newTopic();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    await eventually(async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length === 3;
    });
  });

  it('alters and describes settings', async () => {
    const topic = await newTopic();
    const type = ConfigResourceTypes.TOPIC;
    const configEntries = [{ name: 'retention.ms', value: '60000' }];
    await admin.alterConfigs({ validateOnly: false, resources: [{ type, name: topic, configEntries }] });
    await eventually(async () => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type, name: topic, configNames: ['retention.ms'] }],
      });
      return resources[0]?.configEntries[0]?.configValue === '60000';
    });
  });

  it('deletes records', async () => {
    const topic = await newTopic();
    await fill(topic, 5);
    // kafkajs looks for the leader in what it already knows, and asks nobody.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] });
    const [offsets] = await admin.fetchTopicOffsets(topic);
    expect(offsets).to.include({ partition: 0, low: '3', high: '5' });
  });

  it('describes the cluster', async () => {
    const { brokers, controller, clusterId } = await admin.describeCluster();
    expect(brokers.map(({ nodeId }) => nodeId)).to.include(controller);
    expect(clusterId).to.be.a('string').that.is.not.empty;
  });

  it('lists, describes and deletes groups, and tells their offsets', async () => {
    const topic = await newTopic();
    await fill(topic, 3);
    const groupId = uniqueName('admin-group');
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const seen: string[] = [];
    await consumer.run({
      eachMessage: async ({ message }) => {
        seen.push(String(message.value));
      },
    });
    await eventually(() => seen.length === 3, { what: 'all messages are consumed' });
    const { groups } = await admin.describeGroups([groupId]);
    expect(groups[0]).to.include({
      state: 'Stable',
      protocolType: 'consumer',
      protocol: 'RoundRobinAssigner',
    });
    expect(groups[0]?.members).to.have.length(1);
    await consumer.disconnect();

    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    expect(offsets?.partitions[0]).to.include({ partition: 0, offset: '3' });
    expect((await admin.listGroups()).groups.map((group) => group.groupId)).to.include(groupId);
    await admin.deleteGroups([groupId]);
    expect((await admin.listGroups()).groups.map((group) => group.groupId)).not.to.include(groupId);
  });
});
