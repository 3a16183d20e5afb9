import { expect } from 'chai';
import { startBroker, type Broker, type FaultOptions } from '../../../../pkg/devbroker/index.js';
import { createKafkajsDriver, Producer, type ProducerOptions } from '../../../../pkg/kafka/index.js';
import { readTopic } from './broker_log.js';
import { numbered, silent } from './harness.js';

const RECORD = { key: null, value: Buffer.from('v'), headers: {}, timestamp: 0 };

/** Faults that only the embedded broker can be told to have. */
describe('kafka: producing under faults of the broker', () => {
  let broker: Broker;
  let producer: Producer;

  beforeEach(async () => {
    broker = await startBroker({ advertisedNodes: 2, topics: { t: 4, u: 4 } });
    open();
  });
  afterEach(async () => {
    broker.faults.clear();
    await producer.close();
    await broker.stop();
  });

  function open(options: ProducerOptions = {}): void {
    const driver = createKafkajsDriver({ brokers: broker.brokers, clientId: 'faults', logger: silent });
    producer = new Producer(driver, options);
  }
  const stored = (topic: string) => readTopic(broker, topic);
  const codeOf = (result: PromiseSettledResult<unknown>) =>
    result.status === 'fulfilled' ? 'stored' : (result.reason as { code: string }).code;

  const PASSING: (FaultOptions & { readonly name: string })[] = [
    { name: 'NOT_LEADER_OR_FOLLOWER', api: 'Produce', error: 'NOT_LEADER_OR_FOLLOWER' },
    { name: 'LEADER_NOT_AVAILABLE', api: 'Produce', error: 'LEADER_NOT_AVAILABLE' },
    { name: 'UNKNOWN_TOPIC_OR_PARTITION for a moment', api: 'Produce', error: 'UNKNOWN_TOPIC_OR_PARTITION' },
    { name: 'KAFKA_STORAGE_ERROR', api: 'Produce', error: 'KAFKA_STORAGE_ERROR' },
    { name: 'REQUEST_TIMED_OUT', api: 'Produce', error: 'REQUEST_TIMED_OUT' },
    { name: 'UNKNOWN_SERVER_ERROR', api: 'Produce', error: 'UNKNOWN_SERVER_ERROR' },
    { name: 'UNKNOWN_PRODUCER_ID', api: 'Produce', error: 'UNKNOWN_PRODUCER_ID' },
    { name: 'OUT_OF_ORDER_SEQUENCE_NUMBER', api: 'Produce', error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' },
    { name: 'a lost connection before the append', api: 'Produce', disconnect: 'before' },
    { name: 'a lost connection after the append', api: 'Produce', disconnect: 'after' },
    { name: 'a coordinator that loads', api: 'InitProducerId', error: 'COORDINATOR_LOAD_IN_PROGRESS' },
    { name: 'a lost connection to the cluster', api: 'Metadata', disconnect: 'before' },
  ];
  for (const { name, ...fault } of PASSING) {
    it(`pitfalls 2 to 5: ${name}: every message is stored once, those of a key in order`, async () => {
      broker.faults.add({ ...fault, times: 3 });
      const keyed = numbered(30).map((value, i) => ({ topic: 't', key: `key-${i % 5}`, value }));
      const keyless = numbered(30, 'keyless-').map((value) => ({ topic: 't', value }));
      const results = [
        ...(await producer.sendMany([...keyed.slice(0, 10), ...keyless.slice(0, 10)])),
        ...(await producer.sendMany([...keyed.slice(10), ...keyless.slice(10)])),
      ];
      expect(results.map(codeOf).filter((code) => code !== 'stored')).to.deep.equal([]);
      const records = await stored('t');
      expect(records.map(({ value }) => value)).to.have.members(
        [...keyed, ...keyless].map(({ value }) => value),
      );
      for (let i = 0; i < 5; i += 1) {
        const ofKey = records.filter(({ key }) => key === `key-${i}`).map(({ value }) => value);
        expect(ofKey).to.deep.equal(keyed.filter(({ key }) => key === `key-${i}`).map(({ value }) => value));
      }
    });
  }

  it('a partition without a leader holds up its own messages only', async () => {
    await producer.sendMany([0, 1, 2, 3].map((partition) => ({ topic: 't', value: 'first', partition })));
    const where = { topic: 't', partition: 0, times: Infinity };
    const faults = [
      broker.faults.add({ ...where, api: 'Produce', error: 'NOT_LEADER_OR_FOLLOWER' }),
      broker.faults.add({ ...where, api: 'Metadata', error: 'LEADER_NOT_AVAILABLE' }),
    ];
    const waiting = numbered(20).map((value) => producer.send({ topic: 't', value, partition: 0 }));
    await faults[1]!.waitUntilUsed();
    for (let round = 0; round < 20; round += 1) {
      const others = [1, 2, 3].map((partition) => ({ topic: 't', value: `${round}`, partition }));
      const keyless = { topic: 't', value: `${round}` };
      const results = await producer.sendMany([...others, keyless]);
      expect(results.map(codeOf)).to.deep.equal(['stored', 'stored', 'stored', 'stored']);
    }
    for (const fault of faults) fault.remove();
    await Promise.all(waiting);
    const values = (await stored('t')).filter(({ partition }) => partition === 0).map(({ value }) => value);
    expect(values).to.deep.equal(['first', ...numbered(20)]);
  });

  it('pitfall 9: a topic that is deleted fails its own messages only, also later', async () => {
    await producer.sendMany([
      { topic: 't', value: '1' },
      { topic: 'u', value: '1' },
    ]);
    broker.topics.delete('u');
    const [known, deleted] = await producer.sendMany([
      { topic: 't', value: '2' },
      { topic: 'u', value: '2' },
    ]);
    expect([known, deleted].map((result) => result && codeOf(result))).to.deep.equal([
      'stored',
      'KAFKA_UNKNOWN_TOPIC',
    ]);
    await producer.send({ topic: 't', value: '3' });
    broker.topics.create('u', 2);
    await producer.send({ topic: 'u', value: '3' });
    expect((await stored('u')).map(({ value }) => value)).to.deep.equal(['3']);
  });

  it('a topic that may not be written to fails its own messages only, and they are not stored', async () => {
    broker.faults.add({ api: 'Produce', topic: 'u', error: 29, times: Infinity });
    const results = await producer.sendMany([
      { topic: 't', value: '1' },
      { topic: 'u', value: '1' },
      { topic: 't', value: '2' },
    ]);
    expect(results.map(codeOf)).to.deep.equal(['stored', 'KAFKA_PUBLISH_REFUSED', 'stored']);
    expect(await stored('t')).to.have.length(2);
    expect(await stored('u')).to.deep.equal([]);
  });

  it('rejects with PublishOutcomeUnknown what is never answered for, and goes on', async () => {
    await producer.close();
    open({ deliveryTimeoutMs: 1_500 });
    await producer.send({ topic: 't', value: 'first', partition: 0 });
    const fault = broker.faults.add({ api: 'Produce', hold: 'after', times: Infinity });
    const [lost] = await producer.sendMany([{ topic: 't', value: 'lost', partition: 0 }]);
    expect(lost && codeOf(lost)).to.equal('KAFKA_PUBLISH_OUTCOME_UNKNOWN');
    fault.remove();
    await producer.send({ topic: 't', value: 'next', partition: 0 });
    const values = (await stored('t')).map(({ value }) => value);
    expect(values).to.deep.equal(['first', 'lost', 'next']);
  });

  it('8: a client that is cut off gives up what waits for an answer at once, and comes back no more', async () => {
    const driver = createKafkajsDriver({ brokers: broker.brokers, clientId: 'cut off', logger: silent });
    const { topic, partition, records } = { topic: 't', partition: 0, records: [RECORD] };
    const cut = driver.producer();
    const [description] = await cut.describe([topic]);
    const held = broker.faults.add({ api: 'Produce', hold: 'after' });
    const sending = cut.send(description?.leaders[0] ?? 0, [
      { topic, partition, records, compression: 'none' },
    ]);
    await held.waitUntilUsed();
    await cut.disconnect();
    const [outcome] = await sending;
    expect(outcome?.kind).to.equal('unknown');
    const [later] = await cut.send(description?.leaders[0] ?? 0, [
      { topic, partition, records, compression: 'none' },
    ]);
    expect(later?.kind).to.equal('retry');
    held.release();
    expect(await stored('t')).to.have.length(1);
  });

  it('a producer id that one partition gives up serves the first batch of another that is on its way', async () => {
    const driver = createKafkajsDriver({ brokers: broker.brokers, clientId: 'gives up', logger: silent });
    const client = driver.producer();
    const [description] = await client.describe(['t']);
    const send = (partition: number) =>
      client.send(description?.leaders[partition] ?? 0, [
        { topic: 't', partition, records: [RECORD], compression: 'none' },
      ]);
    const kinds = [await send(0)];
    const first = send(1);
    client.renounce({ topic: 't', partition: 0 });
    kinds.push(await first, await send(0), await send(1));
    expect(kinds.flat().map(({ kind }) => kind)).to.deep.equal(['stored', 'stored', 'stored', 'stored']);
    expect(await stored('t')).to.have.length(4);
    await client.disconnect();
  });
});
