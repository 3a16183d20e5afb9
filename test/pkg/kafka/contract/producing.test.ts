import { expect } from 'chai';
import { createKafkajsDriver, Producer, type ProducerOptions } from '../../../../pkg/kafka/index.js';
import { testBrokers, uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { CuttingSockets } from './cutting_sockets.js';
import { closeAll, consume, Inbox, newTopic, numbered, silent, stored } from './harness.js';

const PRODUCE = 0;

describe('kafka contract: producing', function () {
  this.timeout(30_000);
  const producers: Producer[] = [];
  let sockets: CuttingSockets;

  beforeEach(() => {
    sockets = new CuttingSockets();
  });
  afterEach(async () => {
    sockets.release();
    await Promise.all(producers.splice(0).map((producer) => producer.close()));
    await closeAll();
  });

  async function openProducer(options: ProducerOptions = {}): Promise<Producer> {
    const driver = createKafkajsDriver({
      brokers: await testBrokers(),
      clientId: 'contract',
      logger: silent,
      socketFactory: sockets.factory,
    });
    const producer = new Producer(driver, options);
    producers.push(producer);
    return producer;
  }

  async function read(topic: string, count: number): Promise<string[]> {
    const inbox = new Inbox();
    await consume(topic, uniqueName('group'), inbox.handler);
    await inbox.has(count);
    return inbox.values;
  }

  for (const mishap of ['cut before it is sent', 'cut before its answer'] as const) {
    it(`stores each message once and in order when the connection is ${mishap}, over and over`, async () => {
      const topic = await newTopic(1);
      const producer = await openProducer({ maxBatchMessages: 7 });
      await producer.send({ topic, value: 'first' });
      const values = numbered(100);
      sockets.next(PRODUCE, mishap, 4);
      const receipts = await Promise.all(values.map((value) => producer.send({ topic, value })));
      expect(sockets.happened).to.equal(4);
      expect(receipts.map(({ offset }) => Number(offset))).to.deep.equal(values.map((_, i) => i + 1));
      expect(await read(topic, 101)).to.deep.equal(['first', ...values]);
      expect(await stored(topic)).to.equal(101);
    });
  }

  it('a held answer holds up its partition only, and is not lost', async () => {
    const topic = await newTopic(2);
    const producer = await openProducer();
    await producer.sendMany([
      { topic, value: 'a', partition: 0 },
      { topic, value: 'b', partition: 1 },
    ]);
    sockets.next(PRODUCE, 'hold its answer');
    const held = producer.send({ topic, value: 'held', partition: 0 });
    await eventually(() => sockets.happened === 1);
    const behind = producer.send({ topic, value: 'behind it', partition: 0 });
    for (const value of numbered(20)) await producer.send({ topic, value, partition: 1 });
    sockets.release();
    expect([(await held).offset, (await behind).offset]).to.deep.equal(['1', '2']);
  });

  it('after an outcome that stays unknown, later messages are stored and not taken for the lost ones', async () => {
    const topic = await newTopic(1);
    const producer = await openProducer({ deliveryTimeoutMs: 1_500 });
    await producer.send({ topic, value: 'first' });
    sockets.next(PRODUCE, 'cut before its answer', Infinity);
    const [lost] = await producer.sendMany([{ topic, value: 'lost' }]);
    expect(lost?.status === 'rejected' && (lost.reason as { code: string }).code).to.equal(
      'KAFKA_PUBLISH_OUTCOME_UNKNOWN',
    );
    sockets.calm();
    await producer.send({ topic, value: 'next' });
    expect(await read(topic, 3)).to.deep.equal(['first', 'lost', 'next']);
  });

  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    it(`what is sent with ${compression} is read by a group`, async () => {
      const topic = await newTopic(1);
      const producer = await openProducer({ compression });
      const values = numbered(200, 'a value that repeats itself ');
      await producer.sendMany(values.map((value) => ({ topic, value })));
      expect(await read(topic, 200)).to.deep.equal(values);
    });
  }

  it('a message that is too large for its topic fails alone', async () => {
    const topic = await newTopic(1);
    const producer = await openProducer({ maxMessageBytes: 2_000_000 });
    const values = ['1', '2', 'x'.repeat(1_500_000), '3', '4'];
    const results = await producer.sendMany(values.map((value) => ({ topic, value })));
    expect(results.map(({ status }) => status === 'fulfilled')).to.deep.equal([
      true,
      true,
      false,
      true,
      true,
    ]);
    const [, , large] = results;
    expect(large?.status === 'rejected' && (large.reason as { code: string }).code).to.equal(
      'KAFKA_PUBLISH_REFUSED',
    );
    expect(await read(topic, 4)).to.deep.equal(['1', '2', '3', '4']);
  });
});
