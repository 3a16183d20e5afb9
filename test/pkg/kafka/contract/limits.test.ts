import { expect } from 'chai';
import { MessageTooLarge, Producer, PublishRefused } from '../../../../pkg/kafka/index.js';
import { encodeBatch } from '../../../../pkg/kafka/records/encode.js';
import { uniqueName } from '../../../support/broker.js';
import { rejection } from '../../../support/caught.js';
import { closeAll, consume, Inbox, newTopic, openAdmin, openDriver } from './harness.js';

const OWN_LIMIT = 200_000;

describe('kafka contract: sizes (K19)', function () {
  this.timeout(20_000);
  let producer: Producer;

  beforeEach(async () => {
    producer = new Producer(await openDriver(), { maxMessageBytes: OWN_LIMIT });
  });
  afterEach(async () => {
    await producer.close();
    await closeAll();
  });

  /** The bytes of a request's batch that holds one message of this value alone. */
  const batchBytes = async (value: Buffer): Promise<number> => {
    const record = { key: null, value, headers: {}, timestamp: Date.now() };
    const stamp = { producerId: 1n, producerEpoch: 0, baseSequence: 0 };
    const bytes = await encodeBatch([record], { stamp, codec: undefined, checksum: () => 0 });
    return bytes.length;
  };

  it("at the producer's own limit a message is stored, one byte over it is not sent", async () => {
    const topic = await newTopic(1);
    const { offset } = await producer.send({ topic, value: Buffer.alloc(OWN_LIMIT) });
    expect(offset).to.equal('0');
    const error = await rejection(
      producer.send({ topic, value: Buffer.alloc(OWN_LIMIT + 1) }),
      MessageTooLarge,
    );
    expect(error.message).to.match(/has 200001 bytes, the limit is 200000\..*raise maxMessageBytes/);
  });

  it("at the topic's limit a message is stored, one byte over it is refused, and the next is stored", async () => {
    const topic = await newTopic(1);
    const value = Buffer.alloc(50_000, 'x');
    const limit = await batchBytes(value);
    await (await openAdmin()).alterTopicConfigs(topic, { 'max.message.bytes': String(limit) });
    expect((await producer.send({ topic, value })).offset).to.equal('0');
    const over = Buffer.alloc(50_001, 'x');
    const error = await rejection(producer.send({ topic, value: over }), PublishRefused);
    expect(error.message).to.match(/max\.message\.bytes.*not stored/);
    expect((await producer.send({ topic, value })).offset).to.equal('1');
  });

  it('a message larger than what a consumer fetches of a partition at once comes nevertheless', async () => {
    const topic = await newTopic(1);
    await (await openAdmin()).alterTopicConfigs(topic, { 'max.message.bytes': '4000000' });
    const large = new Producer(await openDriver(), { maxMessageBytes: 3_000_000 });
    const value = Buffer.alloc(2_500_000, 'x');
    await large.send({ topic, value });
    await large.send({ topic, value: 'after' });
    await large.close();
    const inbox = new Inbox();
    await consume(topic, uniqueName('group'), inbox.handler);
    await inbox.has(2);
    expect(inbox.messages[0]?.value?.length).to.equal(value.length);
    expect(inbox.values[1]).to.equal('after');
  });
});
