import { expect } from 'chai';
import { createKafkajsDriver, KafkaAdmin, readPartition } from '../../../../pkg/kafka/index.js';
import { testBrokers, uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { rejection } from '../unit/fakes.js';
import {
  closeAll,
  consume,
  Inbox,
  newTopic,
  numbered,
  openAdmin,
  openDriver,
  openManager,
  silent,
} from './harness.js';

const BROKER_DEFAULT = -1;

describe('kafka contract: admin', function () {
  this.timeout(30_000);
  let admin: KafkaAdmin;

  beforeEach(async () => {
    admin = await openAdmin();
  });
  afterEach(closeAll);

  async function fill(topic: string, count: number, timestamp?: (i: number) => number): Promise<void> {
    const manager = await openManager();
    await manager.sendMessages(
      numbered(count).map((value, i) => ({ topic, value, partition: 0, timestamp: timestamp?.(i) })),
    );
  }

  /** A group that has handled everything there is and left. */
  async function finishedGroup(topic: string, count: number): Promise<string> {
    const groupId = uniqueName('group');
    const inbox = new Inbox();
    await consume(topic, groupId, inbox.handler);
    await inbox.has(count);
    await closeAll();
    return groupId;
  }

  describe('topics', () => {
    it('are created as asked for, and described', async () => {
      const topic = uniqueName('topic');
      const configs = { 'cleanup.policy': 'compact', 'retention.ms': '60000' };
      const ensured = await admin.ensureTopics([{ topic, partitions: 3, replicationFactor: 1, configs }]);
      expect(ensured).to.deep.equal([{ topic, created: true, partitions: 3, differences: [] }]);
      const described = await admin.describeTopic(topic);
      expect(described.configs).to.deep.equal(configs);
      expect(
        described.partitions.map(({ partition, replicas, inSync }) => [
          partition,
          replicas.length,
          inSync.length,
        ]),
      ).to.deep.equal([0, 1, 2].map((partition) => [partition, 1, 1]));
      expect(described.partitions.every(({ leader }) => leader !== undefined)).to.equal(true);
      expect(await admin.listTopics()).to.include(topic);
    });

    it('that exist are left alone, without a word in the log', async () => {
      const topic = await newTopic(1);
      const warnings: string[] = [];
      const logger = { ...silent, warn: (message: string) => warnings.push(message) };
      const brokers = await testBrokers();
      const logged = new KafkaAdmin(createKafkajsDriver({ brokers, clientId: 'contract', logger }));
      await logged.ensureTopics([{ topic, partitions: 1, replicationFactor: 1 }]);
      expect(warnings).to.deep.equal([]);
    });

    it('that are not as asked for are reported, and left alone', async () => {
      const topic = uniqueName('topic');
      await admin.ensureTopics([
        { topic, partitions: 2, replicationFactor: 1, configs: { 'retention.ms': '60000' } },
      ]);
      const wanted = {
        topic,
        partitions: 4,
        replicationFactor: BROKER_DEFAULT,
        configs: { 'retention.ms': '120000', 'cleanup.policy': 'delete' },
      };
      const [ensured] = await admin.ensureTopics([wanted]);
      expect(ensured).to.deep.equal({
        topic,
        created: false,
        partitions: 2,
        differences: [
          { what: 'partitions', wanted: '4', actual: '2' },
          { what: 'retention.ms', wanted: '120000', actual: '60000' },
        ],
      });
      expect((await admin.describeTopic(topic)).configs).to.deep.equal({ 'retention.ms': '60000' });
    });

    it('get the number of partitions that the broker gives by default', async () => {
      const topic = uniqueName('topic');
      const [ensured] = await admin.ensureTopics([
        { topic, partitions: BROKER_DEFAULT, replicationFactor: BROKER_DEFAULT },
      ]);
      expect(ensured?.partitions).to.equal((await admin.describeTopic(topic)).partitions.length);
    });

    it('get more partitions, never fewer', async () => {
      const topic = await newTopic(2);
      await admin.addPartitions(topic, 4);
      await eventually(async () => (await admin.describeTopic(topic)).partitions.length === 4);
      expect((await rejection(admin.addPartitions(topic, 3))).code).to.equal('KAFKA_ADMIN_REFUSED');
    });

    it('a setting is changed or put back without touching the others', async () => {
      const topic = uniqueName('topic');
      const configs = { 'retention.ms': '60000', 'cleanup.policy': 'compact', 'segment.ms': '70000' };
      await admin.ensureTopics([{ topic, partitions: 1, replicationFactor: 1, configs }]);
      await admin.alterTopicConfigs(topic, { 'retention.ms': '90000', 'segment.ms': null });
      await eventually(async () => (await admin.describeTopic(topic)).configs['retention.ms'] === '90000');
      expect((await admin.describeTopic(topic)).configs).to.deep.equal({
        'retention.ms': '90000',
        'cleanup.policy': 'compact',
      });
      const error = await rejection(admin.alterTopicConfigs(topic, { 'cleanup.policy': 'nonsense' }));
      expect(error.code).to.equal('KAFKA_ADMIN_REFUSED');
    });

    it('lose the records before an offset, or all', async () => {
      const topic = await newTopic(1);
      await fill(topic, 10);
      await admin.deleteRecords(topic, [{ partition: 0, offset: 4n }]);
      expect(await admin.topicOffsets(topic)).to.deep.equal([{ partition: 0, low: '4', high: '10' }]);
      await admin.deleteRecords(topic, [{ partition: 0, offset: 'latest' }]);
      expect(await admin.topicOffsets(topic)).to.deep.equal([{ partition: 0, low: '10', high: '10' }]);
      const beyond = rejection(admin.deleteRecords(topic, [{ partition: 0, offset: 11n }]));
      expect((await beyond).code).to.equal('KAFKA_ADMIN_REFUSED');
      for await (const { nextOffset } of readPartition(await openDriver(), {
        topic,
        partition: 0,
        from: 'earliest',
        to: 'end',
      })) {
        expect(nextOffset).to.equal(10n);
      }
    });

    it('that do not exist are named', async () => {
      const topic = uniqueName('missing');
      const calls = [
        () => admin.describeTopic(topic),
        () => admin.addPartitions(topic, 2),
        () => admin.alterTopicConfigs(topic, { 'retention.ms': '1' }),
        () => admin.deleteTopic(topic),
        () => admin.deleteRecords(topic, [{ partition: 0, offset: 'latest' }]),
        () => admin.topicOffsets(topic),
        () => admin.resetGroupOffsets(uniqueName('group'), topic, 'earliest'),
      ];
      for (const call of calls) {
        const error = await rejection(call());
        expect([error.code, error.message.includes(topic)], call.toString()).to.deep.equal([
          'KAFKA_UNKNOWN_TOPIC',
          true,
        ]);
      }
    });
  });

  describe('groups', () => {
    it('are listed and described with their members, and deleted when they have none', async () => {
      const topic = await newTopic(2);
      const groupId = uniqueName('group');
      const inbox = new Inbox();
      await consume(topic, groupId, inbox.handler);
      const running = await admin.describeGroup(groupId);
      expect(running.state).to.equal('Stable');
      expect(running.members.flatMap(({ partitions }) => partitions)).to.include.deep.members([
        { topic, partition: 0 },
        { topic, partition: 1 },
      ]);
      expect(await admin.listGroups()).to.include(groupId);
      expect((await rejection(admin.deleteGroup(groupId))).code).to.equal('KAFKA_GROUP_NOT_EMPTY');
      await fill(topic, 1);
      await inbox.has(1);
      await closeAll();
      await admin.deleteGroup(groupId);
      expect(await admin.listGroups()).to.not.include(groupId);
      expect((await rejection(admin.describeGroup(groupId))).code).to.equal('KAFKA_UNKNOWN_GROUP');
      expect((await rejection(admin.deleteGroup(groupId))).code).to.equal('KAFKA_UNKNOWN_GROUP');
    });

    it('show what they committed and how far they are behind', async () => {
      const topic = await newTopic(2);
      await fill(topic, 3);
      const groupId = await finishedGroup(topic, 3);
      await fill(topic, 5);
      expect(await admin.groupOffsets(groupId)).to.deep.equal([{ topic, partition: 0, offset: '3' }]);
      const lag = [
        { topic, partition: 0, committed: '3', end: '8', lag: 5 },
        { topic, partition: 1, committed: null, end: '0', lag: 0 },
      ];
      expect(await admin.groupLag(groupId)).to.deep.equal(lag);
      expect(await admin.groupLag(groupId, [topic])).to.deep.equal(lag);
      const never = await admin.groupLag(uniqueName('group'), [topic]);
      expect(never.map(({ committed, lag: behind }) => [committed, behind])).to.deep.equal([
        [null, 8],
        [null, 0],
      ]);
    });

    it('go on where they are put: an end, a time, an offset', async () => {
      const topic = await newTopic(1);
      await fill(topic, 10, (i) => 1_000_000 + i * 1_000);
      const groupId = await finishedGroup(topic, 10);
      const put = async (to: Parameters<KafkaAdmin['resetGroupOffsets']>[2]) => {
        const [position] = await admin.resetGroupOffsets(groupId, topic, to);
        expect(await admin.groupOffsets(groupId, [topic])).to.deep.equal([position]);
        return position?.offset;
      };
      expect(await put('earliest')).to.equal('0');
      expect(await put(new Date(1_006_500))).to.equal('7');
      expect(await put('latest')).to.equal('10');
      expect(await put(99n)).to.equal('10');
      expect(await put(4n)).to.equal('4');
      const inbox = new Inbox();
      await consume(topic, groupId, inbox.handler);
      await inbox.has(6);
      expect(inbox.values[0]).to.equal('v4');
    });

    it('that never existed can be given positions', async () => {
      const topic = await newTopic(2);
      await fill(topic, 5);
      const groupId = uniqueName('group');
      await admin.setGroupOffsets(groupId, [{ topic, partition: 0, offset: 3n }]);
      expect(await admin.groupOffsets(groupId)).to.deep.equal([{ topic, partition: 0, offset: '3' }]);
    });

    it('that have members are not put elsewhere, also when one joins in between', async () => {
      const topic = await newTopic(1);
      await fill(topic, 3);
      const groupId = uniqueName('group');
      const inbox = new Inbox();
      await consume(topic, groupId, inbox.handler);
      await inbox.has(3);
      const error = await rejection(admin.resetGroupOffsets(groupId, topic, 'earliest'));
      expect(error.code).to.equal('KAFKA_GROUP_NOT_EMPTY');
      const driver = await openDriver();
      const blind = new KafkaAdmin({
        ...driver,
        admin: { ...driver.admin, describeGroup: async () => ({ groupId, state: 'Empty', members: [] }) },
      });
      const late = await rejection(blind.resetGroupOffsets(groupId, topic, 'earliest'));
      expect(late.code).to.equal('KAFKA_GROUP_NOT_EMPTY');
    });
  });

  it('brokers that do not answer are named', async () => {
    const nowhere = createKafkajsDriver({ brokers: ['127.0.0.1:1'], clientId: 'contract', logger: silent });
    const error = await rejection(new KafkaAdmin(nowhere).describeTopic('any'));
    expect([error.code, error.message.includes('127.0.0.1:1')]).to.deep.equal([
      'KAFKA_BROKER_UNREACHABLE',
      true,
    ]);
  });
});
