import { expect } from 'chai';
import { type Broker, startBroker } from '../../../../pkg/devbroker/index.js';
import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { RawClient } from '../net/raw_client.js';
import { Key, oneRecord, produceRequest } from '../net/requests.js';

const TOPIC = 2;
const BROKER = 4;

// What Apache Kafka shares is in contract/configs.test.ts.
describe('settings', () => {
  let broker: Broker;
  let client: RawClient;

  beforeEach(async () => {
    broker = await startBroker({ topics: { orders: 1 }, maxMessageBytes: 2000, autoCreatePartitions: 3 });
    client = new RawClient(broker.connect());
  });

  afterEach(async () => {
    client.close();
    await broker.stop();
  });

  async function describedValues(resourceType: number, resourceName: string) {
    const request = {
      resources: [{ resourceType, resourceName, configurationKeys: null }],
      includeSynonyms: false,
      includeDocumentation: false,
    };
    const { results } = (await client.ask(Key.DescribeConfigs, 4, request)) as {
      results: { configs: { name: string; value: string; readOnly: boolean }[] }[];
    };
    return Object.fromEntries(results[0]!.configs.map(({ name, value }) => [name, value]));
  }

  async function change(key: number, resources: { configs: object[]; resourceType?: number }[]) {
    const named = resources.map((one) => ({ resourceType: TOPIC, resourceName: 'orders', ...one }));
    const { responses } = (await client.ask(key, 1, { resources: named, validateOnly: false })) as {
      responses: { errorCode: number }[];
    };
    return responses.map(({ errorCode }) => errorCode);
  }

  it('take their defaults from the options that the broker was started with', async () => {
    expect(await describedValues(TOPIC, 'orders')).to.include({ 'max.message.bytes': '2000' });
    expect(await describedValues(BROKER, '1')).to.include({
      'message.max.bytes': '2000',
      'num.partitions': '3',
      'auto.create.topics.enable': 'true',
      'advertised.listeners': `PLAINTEXT://${broker.brokers[0]}`,
    });
  });

  it('bound the batches of a topic that has no bound of its own', async () => {
    const send = async (size: number) => {
      const answer = (await client.ask(
        Key.Produce,
        8,
        produceRequest({ topic: 'orders' }, { records: oneRecord({ size }) }),
      )) as { topics: { partitions: { errorCode: number; errorMessage: string | null }[] }[] };
      return answer.topics[0]?.partitions[0];
    };
    expect(await send(1900)).to.include({ errorCode: 0 });
    expect(await send(2000)).to.include({
      errorCode: ErrorCode.MESSAGE_TOO_LARGE,
      errorMessage: 'a batch has at most 2000 bytes, this one 2070',
    });
  });

  it('of a topic that a request names twice are changed by neither mention', async () => {
    const configs = [{ name: 'segment.ms', value: '1' }];
    const codes = await change(Key.AlterConfigs, [{ configs }, { configs }]);
    expect(codes).to.deep.equal([ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST]);
    expect(broker.topics.get('orders')?.configs.size).to.equal(0);
  });

  it('of a topic and of a node with the same name are two things', async () => {
    const setting = { name: 'segment.ms', configOperation: 0, value: '1' };
    const codes = await change(Key.IncrementalAlterConfigs, [
      { configs: [setting] },
      { configs: [setting], resourceType: BROKER },
    ]);
    expect(codes).to.deep.equal([0, ErrorCode.INVALID_REQUEST]);
  });

  it('are not changed by an unknown operation', async () => {
    const configs = [{ name: 'segment.ms', configOperation: 9, value: '1' }];
    expect(await change(Key.IncrementalAlterConfigs, [{ configs }])).to.deep.equal([
      ErrorCode.INVALID_REQUEST,
    ]);
  });
});
