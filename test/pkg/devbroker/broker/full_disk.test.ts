import { expect } from 'chai';
import { type Broker, startBroker } from '../../../../pkg/devbroker/index.js';
import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { FakeFileSystem } from '../log/fake_file_system.js';
import { RawClient } from '../net/raw_client.js';
import { fetchRequest, initProducerIdRequest, Key, produceRequest } from '../net/requests.js';

const place = { topic: 'orders', partition: 0 };
const newTopic = { name: 'users', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
const commit = { partition: 0, offset: 1n, metadata: null };

/** Each API that writes: a request for it, and what it answers when the disk refuses. */
const writes: { name: string; key: number; version: number; body: unknown; code: number }[] = [
  {
    name: 'Produce',
    key: Key.Produce,
    version: 7,
    body: produceRequest(place),
    code: ErrorCode.KAFKA_STORAGE_ERROR,
  },
  {
    name: 'OffsetCommit',
    key: 8,
    version: 5,
    body: {
      groupId: 'g',
      generationId: -1,
      memberId: '',
      topics: [{ name: 'orders', partitions: [commit] }],
    },
    code: ErrorCode.NOT_COORDINATOR,
  },
  {
    name: 'CreateTopics',
    key: 19,
    version: 3,
    body: { topics: [newTopic], timeoutMs: 0, validateOnly: false },
    code: ErrorCode.KAFKA_STORAGE_ERROR,
  },
  {
    name: 'CreatePartitions',
    key: 37,
    version: 1,
    body: { topics: [{ name: 'orders', count: 3, assignments: null }], timeoutMs: 0, validateOnly: false },
    code: ErrorCode.KAFKA_STORAGE_ERROR,
  },
  {
    name: 'AlterConfigs',
    key: 33,
    version: 1,
    body: {
      resources: [
        { resourceType: 2, resourceName: 'orders', configs: [{ name: 'retention.ms', value: '1' }] },
      ],
      validateOnly: false,
    },
    code: ErrorCode.KAFKA_STORAGE_ERROR,
  },
  {
    name: 'DeleteRecords',
    key: 21,
    version: 1,
    body: { topics: [{ name: 'orders', partitions: [{ partition: 0, offset: 1n }] }], timeoutMs: 0 },
    code: ErrorCode.KAFKA_STORAGE_ERROR,
  },
  {
    name: 'OffsetDelete',
    key: 47,
    version: 0,
    body: { groupId: 'g', topics: [{ name: 'orders', partitions: [{ partition: 0 }] }] },
    code: ErrorCode.NOT_COORDINATOR,
  },
  {
    name: 'DeleteGroups',
    key: 42,
    version: 1,
    body: { groupsNames: ['g'] },
    code: ErrorCode.NOT_COORDINATOR,
  },
  {
    name: 'DeleteTopics',
    key: 20,
    version: 3,
    body: { topicNames: ['orders'], timeoutMs: 0 },
    code: ErrorCode.KAFKA_STORAGE_ERROR,
  },
];

/** The codes anywhere in an answer. */
function codesIn(answer: unknown): number[] {
  const codes: number[] = [];
  JSON.stringify(answer, (name, value: unknown) => {
    if (name === 'errorCode' && value !== 0) codes.push(value as number);
    return typeof value === 'bigint' ? String(value) : value;
  });
  return codes;
}

describe('devbroker: a broker on a bad disk', () => {
  let disk: FakeFileSystem;
  let broker: Broker;
  let client: RawClient;

  beforeEach(async () => {
    disk = new FakeFileSystem();
    broker = await startBroker({ dataDir: '/data', fileSystem: disk, topics: { orders: 1 } });
    client = new RawClient(broker.connect());
    await client.ask(Key.Produce, 7, produceRequest(place));
    broker.offsets.commit('g', [{ topic: 'orders', leaderEpoch: -1, ...commit }]);
  });

  afterEach(async () => {
    client.close();
    disk.fail = () => undefined;
    await broker.stop();
  });

  for (const { name, key, version, body, code } of writes) {
    it(`answers ${name} with a code that makes clients try again, and does it when there is space`, async () => {
      disk.capacity = 0;
      expect(codesIn(await client.ask(key, version, body))).to.deep.equal([code]);
      disk.capacity = Infinity;
      expect(codesIn(await client.ask(key, version, body))).to.deep.equal([]);
    });
  }

  it('keeps the committed offsets of a topic that it could not delete', async () => {
    disk.fail = (_call, path) => (path.includes('cluster.json') ? 'EIO' : undefined);
    const remove = { topicNames: ['orders'], timeoutMs: 0 };
    expect(codesIn(await client.ask(Key.DeleteTopics, 3, remove))).to.deep.equal([
      ErrorCode.KAFKA_STORAGE_ERROR,
    ]);
    expect(broker.offsets.fetch('g', place)?.offset).to.equal(1n);
  });

  it('never reads a new topic from the offset of a deleted one, also when that could not be forgotten', async () => {
    const committing = writes.find(({ key }) => key === Key.OffsetCommit)!;
    const committed = { ...(committing.body as object), groupId: 'of a client' };
    expect(codesIn(await client.ask(Key.OffsetCommit, 5, committed))).to.deep.equal([]);
    disk.fail = (_call, path) => (path.includes('offsets.log') ? 'EIO' : undefined);
    const remove = { topicNames: ['orders'], timeoutMs: 0 };
    expect(codesIn(await client.ask(Key.DeleteTopics, 3, remove))).to.deep.equal([]);
    expect(broker.offsets.groups()).to.deep.equal([]);
    disk.fail = () => undefined;
    broker.offsets.commit('without an id', [{ topic: 'gone', leaderEpoch: -1, ...commit }]);
    broker.topics.create('orders', 1);
    await broker.stop();
    broker = await startBroker({ dataDir: '/data', fileSystem: disk });
    expect(broker.topics.get('orders')).to.not.equal(undefined);
    expect(broker.offsets.fetch('of a client', place)).to.equal(undefined);
    expect(broker.offsets.hasGroup('without an id')).to.equal(false);
  });

  it('keeps a commit of a topic that is still there over a restart', async () => {
    const committing = writes.find(({ key }) => key === Key.OffsetCommit)!;
    expect(codesIn(await client.ask(Key.OffsetCommit, 5, committing.body))).to.deep.equal([]);
    await broker.stop();
    broker = await startBroker({ dataDir: '/data', fileSystem: disk });
    expect(broker.offsets.fetch('g', place)?.offset).to.equal(1n);
  });

  it('gives out no producer id that it could not reserve', async () => {
    disk.capacity = 0;
    const answer = await client.ask(Key.InitProducerId, 1, initProducerIdRequest);
    expect(answer).to.include({ errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, producerId: -1n });
    disk.capacity = Infinity;
    expect(await client.ask(Key.InitProducerId, 1, initProducerIdRequest)).to.include({
      errorCode: 0,
      producerId: 1n,
    });
  });

  it('answers reads with a storage error when the disk cannot be read, and nothing else suffers', async () => {
    disk.fail = (call) => (call === 'read' ? 'EIO' : undefined);
    const fetch = fetchRequest(place, { maxWaitMs: 0 });
    expect(codesIn(await client.ask(Key.Fetch, 11, fetch))).to.deep.equal([ErrorCode.KAFKA_STORAGE_ERROR]);
    const time = { partition: 0, currentLeaderEpoch: -1, timestamp: 1n };
    const list = { replicaId: -1, isolationLevel: 0, topics: [{ name: 'orders', partitions: [time] }] };
    expect(codesIn(await client.ask(2, 3, list))).to.deep.equal([ErrorCode.KAFKA_STORAGE_ERROR]);
    disk.fail = () => undefined;
    expect(codesIn(await client.ask(Key.Fetch, 11, fetch))).to.deep.equal([]);
  });
});
