import { expect } from 'chai';
import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { Key } from '../net/requests.js';
import { Administrator } from './administrator.js';

describe('topics, in the protocol', function () {
  this.timeout(30_000);
  let admin: Administrator;

  before(async () => {
    admin = await Administrator.connect();
  });

  after(() => {
    admin.close();
  });

  it('are created with the partitions and settings asked for, which the answer tells', async () => {
    const name = uniqueName('created');
    const [answer] = await admin.createTopics([
      { name, numPartitions: 3, configs: [{ name: 'retention.ms', value: '60000' }] },
    ]);
    expect(answer).to.include({ name, errorCode: 0, numPartitions: 3, replicationFactor: 1 });
    expect(answer?.topicId).not.to.equal('00000000-0000-0000-0000-000000000000');
    const retention = answer?.configs?.find((config) => config.name === 'retention.ms');
    expect(retention).to.include({ value: '60000', readOnly: false, configSource: 1 });
    expect(await admin.ownConfigs(name)).to.deep.equal({ 'retention.ms': '60000' });
  });

  it('may have their replicas assigned', async () => {
    const { controllerId } = (await admin.client.ask(Key.Metadata, 1, { topics: [] })) as {
      controllerId: number;
    };
    const assignments = [0, 1].map((partitionIndex) => ({ partitionIndex, brokerIds: [controllerId] }));
    const [answer] = await admin.createTopics([{ name: uniqueName('assigned'), assignments }]);
    expect(answer).to.include({ errorCode: 0, numPartitions: 2 });
  });

  it('are only checked when the request says so', async () => {
    const name = uniqueName('checked');
    expect(await admin.createTopics([{ name, numPartitions: 2 }], true)).to.have.nested.property(
      '[0].errorCode',
      0,
    );
    expect(await admin.createTopics([{ name }])).to.have.nested.property('[0].errorCode', 0);
  });

  const refusals: [what: string, request: object, code: number][] = [
    ['a name with a space', { name: 'a b' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['an empty name', { name: '' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['a name of 250 letters', { name: 'x'.repeat(250) }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['a name of two dots', { name: '..' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['no partitions', { numPartitions: 0 }, ErrorCode.INVALID_PARTITIONS],
    ['a negative number of partitions', { numPartitions: -2 }, ErrorCode.INVALID_PARTITIONS],
    ['no replicas', { replicationFactor: 0 }, ErrorCode.INVALID_REPLICATION_FACTOR],
    ['more replicas than nodes', { replicationFactor: 77 }, ErrorCode.INVALID_REPLICATION_FACTOR],
    ['an unknown setting', { configs: [{ name: 'retention.hours', value: '1' }] }, ErrorCode.INVALID_CONFIG],
    [
      'a setting that is no number',
      { configs: [{ name: 'retention.ms', value: 'soon' }] },
      ErrorCode.INVALID_CONFIG,
    ],
    [
      'a setting without a value',
      { configs: [{ name: 'retention.ms', value: null }] },
      ErrorCode.INVALID_CONFIG,
    ],
    [
      'assigned replicas and a number of partitions',
      { numPartitions: 1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
      ErrorCode.INVALID_REQUEST,
    ],
    [
      'replicas on a node that is not there',
      { assignments: [{ partitionIndex: 0, brokerIds: [777] }] },
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
    ],
    [
      'a gap in the assigned partitions',
      { assignments: [{ partitionIndex: 1, brokerIds: [1] }] },
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
    ],
    [
      'no replica for a partition',
      { assignments: [{ partitionIndex: 0, brokerIds: [] }] },
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
    ],
  ];
  for (const [what, request, code] of refusals) {
    it(`are refused with ${what}`, async () => {
      const [answer] = await admin.createTopics([{ name: uniqueName('refused'), ...request }]);
      expect(answer?.errorCode).to.equal(code);
      expect(answer?.errorMessage).to.be.a('string');
      expect(answer?.configs).to.deep.equal([]);
    });
  }

  it('are refused when they exist', async () => {
    const name = await admin.topic();
    expect((await admin.createTopics([{ name }]))[0]?.errorCode).to.equal(ErrorCode.TOPIC_ALREADY_EXISTS);
  });

  it('are refused, with one answer, when a request names them twice', async () => {
    const name = uniqueName('twice');
    const answers = await admin.createTopics([{ name }, { name }]);
    expect(answers.map(({ errorCode }) => errorCode)).to.deep.equal([ErrorCode.INVALID_REQUEST]);
  });

  it('are refused when they differ from another in dots and underscores alone', async () => {
    const end = uniqueName('c');
    await admin.createTopics([{ name: `a.b_${end}` }]);
    for (const name of [`a_b_${end}`, `a.b.${end}`, `a_b.${end}`]) {
      for (const validateOnly of [true, false]) {
        const [answer] = await admin.createTopics([{ name }], validateOnly);
        expect(answer?.errorCode, name).to.equal(ErrorCode.INVALID_TOPIC_EXCEPTION);
      }
    }
    expect((await admin.createTopics([{ name: `a-b_${end}` }]))[0]?.errorCode).to.equal(0);
  });

  it('are deleted once', async () => {
    const name = await admin.topic();
    expect(await admin.deleteTopics([name])).to.deep.include.members([
      { name, topicId: '00000000-0000-0000-0000-000000000000', errorCode: 0, errorMessage: null },
    ]);
    await eventually(async () => {
      const [again] = await admin.deleteTopics([name]);
      return again?.errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    });
  });

  it('are deleted by their ids, of which an unknown one is told from an unknown name', async () => {
    const name = uniqueName('by-id');
    const [created] = await admin.createTopics([{ name }]);
    const byId = { name: null, topicId: created?.topicId ?? '' };
    const byName = { name: uniqueName('none'), topicId: '00000000-0000-0000-0000-000000000000' };
    expect(await admin.deleteTopicsByIdOrName([byId])).to.deep.equal([0]);
    expect(await admin.deleteTopicsByIdOrName([byId])).to.deep.equal([ErrorCode.UNKNOWN_TOPIC_ID]);
    expect(await admin.deleteTopicsByIdOrName([byName])).to.deep.equal([
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ]);
  });

  it('get more partitions', async () => {
    const name = await admin.topic({ numPartitions: 1 });
    expect(await admin.createPartitions({ name, count: 3 }, true)).to.include({ errorCode: 0 });
    expect(await admin.createPartitions({ name, count: 3 })).to.include({ errorCode: 0 });
    await eventually(async () => (await admin.fetch(name, { partition: 2 })).errorCode === 0);
  });

  it('do not get fewer partitions, nor as many as they have', async () => {
    const name = await admin.topic({ numPartitions: 2 });
    for (const count of [2, 1, 0, -1]) {
      const { errorCode } = await admin.createPartitions({ name, count });
      expect(errorCode, String(count)).to.equal(ErrorCode.INVALID_PARTITIONS);
    }
  });

  it('do not get partitions when they do not exist, nor with assignments that do not fit', async () => {
    const none = await admin.createPartitions({ name: uniqueName('none'), count: 2 });
    expect(none.errorCode).to.equal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    const name = await admin.topic({ numPartitions: 1 });
    const odd = await admin.createPartitions({ name, count: 3, assignments: [{ brokerIds: [1] }] });
    expect(odd.errorCode).to.equal(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
  });

  it('lose their first records on request, and tell where the rest begins', async () => {
    const name = await admin.topic();
    for (let i = 0; i < 5; i++) await admin.produce(name);
    expect(await admin.deleteRecords(name, 2n)).to.include({ errorCode: 0, lowWatermark: 2n });
    expect(await admin.fetch(name, { offset: 0n })).to.include({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE });
    expect(await admin.fetch(name, { offset: 2n })).to.include({ errorCode: 0, logStartOffset: 2n });
    // Nothing comes back, and nothing beyond the end can go.
    expect(await admin.deleteRecords(name, 1n)).to.include({ errorCode: 0, lowWatermark: 2n });
    for (const offset of [6n, -2n]) {
      expect(await admin.deleteRecords(name, offset)).to.include({
        errorCode: ErrorCode.OFFSET_OUT_OF_RANGE,
        lowWatermark: -1n,
      });
    }
    expect(await admin.deleteRecords(name, -1n)).to.include({ errorCode: 0, lowWatermark: 5n });
    expect(await admin.produce(name)).to.include({ errorCode: 0, baseOffset: 5n });
    const unknown = await admin.deleteRecords(name, 0n, 9);
    expect(unknown.errorCode).to.equal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  });

  it('keep their records when their policy is to compact alone', async () => {
    const topicWith = (value: string) => admin.topic({ configs: [{ name: 'cleanup.policy', value }] });
    const compacted = await topicWith('compact');
    await admin.produce(compacted, { key: 'k' });
    expect(await admin.deleteRecords(compacted, 1n)).to.include({
      errorCode: ErrorCode.POLICY_VIOLATION,
      lowWatermark: -1n,
    });
    expect(await admin.fetch(compacted)).to.include({ errorCode: 0, logStartOffset: 0n });
    const both = await topicWith('compact,delete');
    await admin.produce(both, { key: 'k' });
    expect(await admin.deleteRecords(both, 1n)).to.include({ errorCode: 0, lowWatermark: 1n });
  });

  it('refuse batches above their max.message.bytes', async () => {
    const name = await admin.topic({ configs: [{ name: 'max.message.bytes', value: '1000' }] });
    expect(await admin.produce(name, { size: 900 })).to.include({ errorCode: 0 });
    expect(await admin.produce(name, { size: 1000 })).to.include({ errorCode: ErrorCode.MESSAGE_TOO_LARGE });
  });

  it('take records for all replicas though they have fewer than min.insync.replicas', async () => {
    // Apache Kafka asks for no more replicas in sync than a partition has.
    const name = await admin.topic({ configs: [{ name: 'min.insync.replicas', value: '2' }] });
    expect(await admin.produce(name, { acks: -1 })).to.include({ errorCode: 0 });
  });

  it('are not needed to describe the cluster', async () => {
    const request = { includeClusterAuthorizedOperations: false };
    const cluster = (await admin.client.ask(Key.DescribeCluster, 0, request)) as {
      errorCode: number;
      clusterId: string;
      controllerId: number;
      brokers: { brokerId: number; host: string; port: number }[];
    };
    const metadata = (await admin.client.ask(Key.Metadata, 8, {
      topics: [],
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    })) as { clusterId: string; brokers: { nodeId: number; host: string; port: number }[] };
    expect(cluster.errorCode).to.equal(0);
    expect(cluster.clusterId).to.equal(metadata.clusterId);
    expect(
      cluster.brokers.map(({ brokerId, host, port }) => ({ nodeId: brokerId, host, port })),
    ).to.deep.equal(metadata.brokers.map(({ nodeId, host, port }) => ({ nodeId, host, port })));
    expect(cluster.brokers.map(({ brokerId }) => brokerId)).to.include(cluster.controllerId);
  });
});
