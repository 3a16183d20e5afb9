import { expect } from 'chai';
import { type Broker, startBroker } from '../../../../pkg/devbroker/index.js';
import { RawClient } from '../net/raw_client.js';
import { fetchRequest, Key, oneRecord, produceRequest } from '../net/requests.js';

const MAX_INT32 = 2 ** 31 - 1;
const LIMIT = 55 * 1024 * 1024;
const BATCHES = 8;

interface FetchAnswer {
  topics: { partitions: { errorCode: number; records: Uint8Array[] }[] }[];
}

describe('the bytes of a fetch answer', () => {
  let broker: Broker;
  let client: RawClient;

  beforeEach(async () => {
    broker = await startBroker({ topics: { orders: 1 } });
    client = new RawClient(broker.connect());
    const records = oneRecord({ size: 1_000_000 });
    for (let i = 0; i < BATCHES; i++) {
      await client.ask(
        Key.Produce,
        7,
        produceRequest({ topic: 'orders' }, { records: Buffer.from(records) }),
      );
    }
  });

  afterEach(async () => {
    client.close();
    await broker.stop();
  });

  /** Asks for all of the partition `times` over, with the largest limits that the protocol knows. */
  async function bytesOf(times: number, limits: object = {}): Promise<number> {
    const one = fetchRequest({ topic: 'orders' });
    const [topic] = one.topics;
    const partition = { ...topic!.partitions[0]!, partitionMaxBytes: MAX_INT32 };
    const topics = [{ name: 'orders', partitions: Array.from({ length: times }, () => partition) }];
    const request = { ...one, maxBytes: MAX_INT32, ...limits, topics };
    const answer = (await client.ask(Key.Fetch, 11, request)) as FetchAnswer;
    const partitions = answer.topics[0]!.partitions;
    expect(partitions.map(({ errorCode }) => errorCode)).to.deep.equal(Array(times).fill(0));
    return partitions.flatMap(({ records }) => records).reduce((sum, { length }) => sum + length, 0);
  }

  it('are at most 55 MiB, however much is asked for and however often', async () => {
    expect(await bytesOf(1)).to.be.greaterThan(BATCHES * 1_000_000);
    expect(await bytesOf(20)).to.be.within(LIMIT - 2_000_000, LIMIT);
  });

  it('do not make a client wait that demands more than them', async () => {
    const hour = 3_600_000;
    expect(
      await bytesOf(20, { minBytes: 50_000_000, maxBytes: 1_000_000, maxWaitMs: hour }),
    ).to.be.greaterThan(0);
  });
});
