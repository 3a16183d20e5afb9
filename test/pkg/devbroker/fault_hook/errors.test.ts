import { expect } from 'chai';
import { type Broker, type Fault, startBroker } from '../../../../pkg/devbroker/index.js';
import { apis } from '../../../../pkg/devbroker/apis/index.js';
import { encodingOf } from '../../../../pkg/devbroker/wire/api.js';
import { bytesOf, wireVectors } from '../wire/wire_vectors.js';
import { answerIn, rawFrame, RawClient } from '../net/raw_client.js';
import { fetchRequest, Key, metadataRequest, produceRequest } from '../net/requests.js';

/** NOT_CONTROLLER, which this broker never answers by itself. */
const INJECTED = 41;

/** Every error code in an answer, wherever it stands. */
function errorCodes(answer: unknown): number[] {
  if (Array.isArray(answer)) return answer.flatMap(errorCodes);
  if (typeof answer !== 'object' || answer === null || answer instanceof Uint8Array) return [];
  return Object.entries(answer).flatMap(([name, value]) =>
    name === 'errorCode' ? [value as number] : errorCodes(value),
  );
}

describe('a fault that answers an error', () => {
  let broker: Broker;
  const clients: RawClient[] = [];

  beforeEach(async () => {
    broker = await startBroker({ topics: { orders: 3, tasks: 1 } });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await broker.stop();
  });

  function client(): RawClient {
    const one = new RawClient(broker.connect());
    clients.push(one);
    return one;
  }

  /** Sends the recorded request of an API and version and returns the decoded answer. */
  async function askRecorded(key: number, version: number): Promise<unknown> {
    const api = apis.get(key)!;
    const vector = wireVectors.find((one) => one.key === key && one.message === 'request')!;
    const tags = encodingOf(api, version).flexible ? [0] : [];
    const one = client();
    one.stream.write(rawFrame({ key, version }, Buffer.from([...tags, ...bytesOf(vector, version)])));
    const frame = await one.nextFrame();
    if (!frame) throw new Error('no answer');
    return answerIn(frame, key, version);
  }

  for (const api of apis.values()) {
    it(`puts it where ${api.name} has one, in every version`, async () => {
      const [lowest, highest] = api.versions;
      const fault = broker.faults.add({ api: api.name, error: INJECTED, times: Infinity });
      for (let version = lowest; version <= highest; version++) {
        const codes = errorCodes(await askRecorded(api.key, version));
        // A fault may be told in an outer place only; what lies within then tells none.
        expect(codes, `version ${version}`).to.include(INJECTED);
        expect(new Set([...codes, INJECTED, 0]), `version ${version}`).to.have.length(2);
        expect(fault.used).to.equal(version - lowest + 1);
      }
    });
  }

  it('befalls the named partition and no other of the request', async () => {
    broker.faults.add({ api: 'Produce', topic: 'orders', partition: 1, error: 'NOT_LEADER_OR_FOLLOWER' });
    const request = produceRequest({ topic: 'orders' });
    const [topic] = request.topics;
    const [partition] = topic!.partitions;
    topic!.partitions = [0, 1, 2].map((index) => ({
      ...partition!,
      index,
      records: Buffer.from(partition!.records),
    }));
    expect(errorCodes(await client().ask(Key.Produce, 7, request))).to.deep.equal([0, 6, 0]);
    const ends = [0, 1, 2].map((index) => broker.topics.partition('orders', index)?.endOffset);
    expect(ends, 'nothing is appended where an error is answered').to.deep.equal([1n, 0n, 1n]);
  });

  it('befalls the named topic in a request for all topics', async () => {
    broker.faults.add({ api: 'Metadata', topic: 'tasks', error: 'LEADER_NOT_AVAILABLE' });
    const answer = (await client().ask(Key.Metadata, 6, metadataRequest(null))) as {
      topics: { name: string; errorCode: number }[];
    };
    expect(answer.topics.map(({ name, errorCode }) => [name, errorCode])).to.have.deep.members([
      ['orders', 0],
      ['tasks', 5],
    ]);
  });

  it('befalls a partition in Metadata when one is named, else its topic', async () => {
    broker.faults.add({ api: 'Metadata', topic: 'orders', partition: 2, error: 'LEADER_NOT_AVAILABLE' });
    const answer = (await client().ask(Key.Metadata, 6, metadataRequest(null))) as {
      topics: {
        name: string;
        errorCode: number;
        partitions: { errorCode: number; partitionIndex: number }[];
      }[];
    };
    const orders = answer.topics.find(({ name }) => name === 'orders');
    expect(orders?.errorCode).to.equal(0);
    expect(orders?.partitions.map(({ errorCode }) => errorCode)).to.deep.equal([0, 0, 5]);
  });

  it('is answered by a fetch at once, though it would wait for data', async () => {
    broker.faults.add({ api: 'Fetch', topic: 'orders', error: 'OFFSET_OUT_OF_RANGE' });
    const fetch = fetchRequest({ topic: 'orders' }, { maxWaitMs: 60_000 });
    expect(errorCodes(await client().ask(Key.Fetch, 11, fetch))).to.deep.equal([0, 1]);
  });

  it('befalls the named group, by each way of naming it', async () => {
    broker.faults.add({ group: 'billing', error: INJECTED, times: Infinity });
    const one = client();
    const coordinator = (coordinatorKeys: string[]) =>
      one.ask(Key.FindCoordinator, 4, { key: '', keyType: 0, coordinatorKeys });
    const { coordinators } = (await coordinator(['audit', 'billing'])) as { coordinators: unknown };
    expect(errorCodes(coordinators)).to.deep.equal([0, INJECTED]);
    const describe = { groups: ['audit', 'billing'], includeAuthorizedOperations: false };
    expect(errorCodes(await one.ask(Key.DescribeGroups, 3, describe))).to.deep.equal([0, INJECTED]);
    const groups = { groupsNames: ['billing'] };
    expect(errorCodes(await one.ask(Key.DeleteGroups, 1, groups))).to.deep.equal([INJECTED]);
    const fetch = {
      groupId: '',
      topics: null,
      groups: ['audit', 'billing'].map((groupId) => ({ groupId, topics: null })),
      requireStable: false,
    };
    const { groups: answers } = (await one.ask(Key.OffsetFetch, 8, fetch)) as { groups: unknown };
    expect(errorCodes(answers)).to.deep.equal([0, INJECTED]);
  });

  it('befalls one partition of one group', async () => {
    broker.faults.add({
      api: 'OffsetCommit',
      group: 'billing',
      topic: 'orders',
      partition: 1,
      error: INJECTED,
    });
    const commit = (groupId: string) => ({
      groupId,
      generationId: -1,
      memberId: '',
      groupInstanceId: null,
      retentionTimeMs: -1n,
      topics: [
        {
          name: 'orders',
          partitions: [0, 1].map((partition) => ({ partition, offset: 5n, leaderEpoch: -1, metadata: null })),
        },
      ],
    });
    const one = client();
    expect(errorCodes(await one.ask(Key.OffsetCommit, 7, commit('audit')))).to.deep.equal([0, 0]);
    expect(errorCodes(await one.ask(Key.OffsetCommit, 7, commit('billing')))).to.deep.equal([0, INJECTED]);
    expect(broker.offsets.fetch('billing', { topic: 'orders', partition: 1 })).to.equal(undefined);
  });

  it('befalls the settings of the named topic', async () => {
    broker.faults.add({ topic: 'orders', error: INJECTED, times: 2 });
    const one = client();
    const resources = ['orders', 'tasks'].map((resourceName) => ({
      resourceType: 2,
      resourceName,
      configs: [],
    }));
    const alter = one.ask(Key.AlterConfigs, 1, { resources, validateOnly: false });
    expect(errorCodes(await alter)).to.deep.equal([INJECTED, 0]);
    const described = resources.map((resource) => ({ ...resource, configurationKeys: [] }));
    const request = { resources: described, includeSynonyms: false, includeDocumentation: false };
    expect(errorCodes(await one.ask(Key.DescribeConfigs, 2, request))).to.deep.equal([INJECTED, 0]);
  });

  it('answers the one that was added first when two befall the same place', async () => {
    const faults: Fault[] = [
      broker.faults.add({ api: 'Produce', error: 'REQUEST_TIMED_OUT' }),
      broker.faults.add({ api: 'Produce', error: 'NOT_LEADER_OR_FOLLOWER' }),
    ];
    expect(errorCodes(await client().ask(Key.Produce, 7, produceRequest({ topic: 'orders' })))).to.deep.equal(
      [7],
    );
    expect(faults.map(({ used }) => used)).to.deep.equal([1, 1]);
  });
});
