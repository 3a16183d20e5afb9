import { connect as connectSocket } from 'node:net';
import { expect } from 'chai';
import kafkajs, { type Kafka as KafkaClient } from 'kafkajs';
import { type Broker, startBroker } from '../../../../pkg/devbroker/index.js';
import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { eventually } from '../../../support/eventually.js';
import { RawClient } from './raw_client.js';
import { fetchRequest, initProducerIdRequest, Key, metadataRequest, produceRequest } from './requests.js';

const { Kafka, logLevel, Partitioners } = kafkajs;

interface MetadataAnswer {
  brokers: { nodeId: number; port: number }[];
  controllerId: number;
  topics: {
    partitions: {
      errorCode: number;
      partitionIndex: number;
      leaderId: number;
      isrNodes: number[];
      offlineReplicas: number[];
    }[];
  }[];
}

describe('a broker of several nodes', () => {
  let broker: Broker;
  const clients: RawClient[] = [];

  beforeEach(async () => {
    broker = await startBroker({ advertisedNodes: 2, topics: { orders: 4 } });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await broker.stop();
  });

  /** A client over a socket, as those of others. */
  function client(nodeId: number): RawClient {
    const { host, port } = broker.nodes.find(({ id }) => id === nodeId)!;
    const one = new RawClient(connectSocket(port, host));
    clients.push(one);
    return one;
  }

  async function metadata(nodeId: number): Promise<MetadataAnswer> {
    return (await client(nodeId).ask(Key.Metadata, 6, metadataRequest(['orders']))) as MetadataAnswer;
  }

  async function errorOf(nodeId: number, key: number, version: number, request: unknown): Promise<number> {
    const { topics } = (await client(nodeId).ask(key, version, request)) as {
      topics: { partitions: { errorCode: number }[] }[];
    };
    return topics[0]!.partitions[0]!.errorCode;
  }

  it('tells the same of itself at every node: all nodes, and leaders spread over them', async () => {
    const [first, second] = [await metadata(1), await metadata(2)];
    expect(second).to.deep.equal(first);
    expect(first.brokers.map(({ nodeId }) => nodeId)).to.deep.equal([1, 2]);
    expect(new Set(first.brokers.map(({ port }) => port))).to.have.length(2);
    expect(first.topics[0]?.partitions.map(({ leaderId }) => leaderId)).to.deep.equal([1, 2, 1, 2]);
  });

  it('serves a partition at its leader only', async () => {
    const place = { topic: 'orders', partition: 1 };
    const listOffsets = {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: 'orders', partitions: [{ partition: 1, currentLeaderEpoch: -1, timestamp: -1n }] }],
    };
    const deleteRecords = {
      topics: [{ name: 'orders', partitions: [{ partition: 1, offset: -1n }] }],
      timeoutMs: 1000,
    };
    const asked: [key: number, version: number, request: unknown][] = [
      [Key.Produce, 7, produceRequest(place)],
      [Key.Fetch, 11, fetchRequest(place)],
      [Key.ListOffsets, 3, listOffsets],
      [Key.DeleteRecords, 1, deleteRecords],
    ];
    for (const [key, version, request] of asked) {
      expect(await errorOf(1, key, version, request), `API ${key}`).to.equal(
        ErrorCode.NOT_LEADER_OR_FOLLOWER,
      );
      expect(await errorOf(2, key, version, request), `API ${key}`).to.equal(ErrorCode.NONE);
    }
  });

  it('coordinates groups at its first node only', async () => {
    const find = { key: 'g', keyType: 0, coordinatorKeys: [] };
    for (const nodeId of [1, 2]) {
      expect(await client(nodeId).ask(Key.FindCoordinator, 2, find)).to.include({ errorCode: 0, nodeId: 1 });
    }
    const describe = { groups: ['g'], includeAuthorizedOperations: false };
    const { groups } = (await client(2).ask(Key.DescribeGroups, 4, describe)) as {
      groups: { errorCode: number }[];
    };
    expect(groups[0]?.errorCode).to.equal(ErrorCode.NOT_COORDINATOR);
    broker.offsets.commit('g', [
      { topic: 'orders', partition: 0, offset: 1n, leaderEpoch: -1, metadata: null },
    ]);
    const listed = await Promise.all(
      [1, 2].map((id) => client(id).ask(Key.ListGroups, 4, { statesFilter: [] })),
    );
    expect(listed.map((answer) => (answer as { groups: unknown[] }).groups.length)).to.deep.equal([1, 0]);
  });

  it('stops and starts a node alone, at the same port', async () => {
    const before = broker.nodes.map(({ port }) => port);
    const [onFirst, onSecond] = [client(1), client(2)];
    await onSecond.ask(Key.InitProducerId, 1, initProducerIdRequest);
    await broker.stopNode(2);
    await onSecond.closed;
    await onFirst.ask(Key.InitProducerId, 1, initProducerIdRequest);
    expect(broker.nodes.map(({ id }) => id)).to.deep.equal([1]);
    expect(broker.brokers).to.have.length(2);
    const refused = new RawClient(connectSocket(before[1]!, '127.0.0.1'));
    await refused.closed;
    await broker.startNode(2);
    expect(broker.nodes.map(({ port }) => port)).to.deep.equal(before);
    await client(2).ask(Key.InitProducerId, 1, initProducerIdRequest);
  });

  it('has no leader for the partitions of a stopped node, and keeps their records', async () => {
    const place = { topic: 'orders', partition: 1 };
    await client(2).ask(Key.Produce, 7, produceRequest(place));
    await broker.stopNode(2);
    const { brokers, topics } = await metadata(1);
    expect(brokers.map(({ nodeId }) => nodeId)).to.deep.equal([1]);
    expect(topics[0]?.partitions[1]).to.deep.include({
      errorCode: ErrorCode.LEADER_NOT_AVAILABLE,
      leaderId: -1,
      offlineReplicas: [2],
    });
    expect(topics[0]?.partitions[0]).to.deep.include({ errorCode: 0, leaderId: 1, offlineReplicas: [] });
    await broker.startNode(2);
    expect(broker.topics.partition('orders', 1)?.endOffset).to.equal(1n);
    expect(await errorOf(2, Key.Fetch, 11, fetchRequest(place))).to.equal(0);
  });

  it('coordinates no groups while its first node is stopped; another node controls', async () => {
    await broker.stopNode(1);
    const find = { key: 'g', keyType: 0, coordinatorKeys: [] };
    const answer = await client(2).ask(Key.FindCoordinator, 2, find);
    expect(answer).to.include({ errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE, nodeId: -1 });
    expect((await metadata(2)).controllerId).to.equal(2);
  });

  it('has one listener of a node that is started twice at once, and none when it is stopped meanwhile', async () => {
    await broker.stopNode(2);
    await Promise.all([broker.startNode(2), broker.startNode(2)]);
    const one = client(2);
    await one.ask(Key.InitProducerId, 1, initProducerIdRequest);
    await broker.stopNode(2);
    await one.closed;
    const starting = broker.startNode(2);
    await broker.stopNode(2);
    await starting;
    expect(broker.nodes.map(({ id }) => id)).to.deep.equal([1]);
  });

  it('closes in-memory connections to a stopped node', async () => {
    const open = new RawClient(broker.connect(2));
    await broker.stopNode(2);
    await open.closed;
    await new RawClient(broker.connect(2)).closed;
  });

  it('may stop and start a node twice, but not one that there is not', async () => {
    await broker.stopNode(2);
    await broker.stopNode(2);
    await broker.startNode(2);
    await broker.startNode(2);
    expect(broker.nodes).to.have.length(2);
    const failures = await Promise.allSettled([broker.stopNode(3), broker.startNode(0)]);
    for (const failure of failures) {
      expect(failure).to.have.property('reason').that.is.instanceOf(RangeError);
    }
    expect(() => broker.connect(3)).to.throw(RangeError, 'no node 3, only 1 to 2');
  });

  describe('with kafkajs', function () {
    this.timeout(20_000);
    let kafka: KafkaClient;

    beforeEach(() => {
      kafka = new Kafka({
        brokers: broker.brokers,
        logLevel: logLevel.NOTHING,
        retry: { initialRetryTime: 20, retries: 30, maxRetryTime: 200 },
      });
    });

    const messages = (text: string, partitions: number[]) =>
      partitions.map((partition) => ({ partition, value: `${text}${partition}` }));

    it('produces and consumes over both nodes, and goes on after one was away', async () => {
      const seen = new Set<string>();
      const untilSeen = (...values: string[]) =>
        eventually(() => values.every((value) => seen.has(value)), {
          what: `${values.join(' ')} are consumed`,
        });
      const consumer = kafka.consumer({ groupId: 'both', maxWaitTimeInMs: 50 });
      await consumer.connect();
      await consumer.subscribe({ topics: ['orders'], fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ message }) => {
          seen.add(String(message.value));
        },
      });
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      const send = (text: string, partitions: number[]) =>
        producer.send({ topic: 'orders', messages: messages(text, partitions) });
      await send('a', [0, 1, 2, 3]);
      await untilSeen('a0', 'a1', 'a2', 'a3');

      await broker.stopNode(2);
      await send('b', [0, 2]);
      const waiting = send('b', [1, 3]);
      await eventually(() => broker.topics.partition('orders', 0)?.endOffset === 2n);
      expect(broker.topics.partition('orders', 1)?.endOffset).to.equal(1n);
      await broker.startNode(2);
      await waiting;
      await untilSeen('b0', 'b1', 'b2', 'b3');
      await producer.disconnect();
      await consumer.disconnect();
    });
  });
});
