import { expect } from 'chai';
import type { OutgoingMessage } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { closeAll, consume, Inbox, newTopic, numbered, openAdmin, openManager, stored } from './harness.js';

describe('kafka contract: delivery', function () {
  this.timeout(20_000);
  afterEach(closeAll);

  it('C1: key, value, headers and timestamp come back byte for byte', async () => {
    const topic = await newTopic(1);
    const manager = await openManager();
    const binary = Buffer.from([0, 255, 128, 10]);
    const megabyte = Buffer.alloc(1_000_000, 'x');
    const cases: OutgoingMessage[] = [
      { topic, key: 'plain', value: 'text', timestamp: 1_700_000_000_123 },
      { topic, key: null, value: 'no key' },
      { topic, key: '', value: 'empty key' },
      { topic, key: 'empty value', value: '' },
      { topic, key: 'tombstone', value: null },
      { topic, key: 'megabyte', value: megabyte },
      { topic, key: binary, value: binary, headers: { binary, text: 'ascii' } },
      { topic, key: 'twice', value: 'x', headers: { 'x-list': ['a', 'b', ''] } },
      { topic, key: 'schlüssel-鍵', value: 'wert-値-🎉', headers: { 'kopf-頭': 'ü-値' } },
      { topic, key: 'odd names', value: 'x', headers: { constructor: 'a', toString: 'b', '': 'c' } },
    ];
    const receipts = [];
    for (const message of cases)
      receipts.push(await manager.sendMessage(topic, message.key ?? null, message.value, message));
    expect(receipts.map(({ offset }) => offset)).to.deep.equal(cases.map((_, i) => String(i)));

    const inbox = new Inbox();
    await consume(topic, uniqueName('group'), inbox.handler);
    await inbox.has(cases.length);

    const bytes = (value: string | Uint8Array | null | undefined) =>
      value === null || value === undefined ? null : Buffer.from(value);
    expect(inbox.messages.map(({ key }) => key)).to.deep.equal(cases.map(({ key }) => bytes(key)));
    expect(inbox.messages.map(({ value }) => value)).to.deep.equal(cases.map(({ value }) => bytes(value)));
    expect(inbox.messages[0]?.timestamp).to.equal(1_700_000_000_123);
    expect(inbox.messages[1]?.timestamp).to.be.closeTo(Date.now(), 60_000);
    expect(inbox.messages[6]?.headers).to.deep.equal({ binary, text: Buffer.from('ascii') });
    expect(inbox.messages[7]?.headers).to.deep.equal({
      'x-list': [Buffer.from('a'), Buffer.from('b'), Buffer.alloc(0)],
    });
    expect(inbox.messages[8]?.headers).to.deep.equal({ 'kopf-頭': Buffer.from('ü-値') });
    expect(inbox.messages[9]?.headers).to.deep.equal({
      constructor: Buffer.from('a'),
      toString: Buffer.from('b'),
      '': Buffer.from('c'),
    });
  });

  it('C2: messages of a key keep their order over 16 keys and 10 consumers of a group', async () => {
    const topic = await newTopic(12);
    const groupId = uniqueName('group');
    const inboxes = Array.from({ length: 10 }, () => new Inbox());
    await Promise.all(inboxes.map(({ handler }) => consume(topic, groupId, handler)));

    const producer = await openManager();
    const messages = Array.from({ length: 16_000 }, (_, i) => ({
      topic,
      key: `key-${i % 16}`,
      value: String(Math.floor(i / 16)),
    }));
    const results = await producer.sendMessages(messages);
    expect(results.every(({ status }) => status === 'fulfilled')).to.equal(true);
    const total = () => inboxes.reduce((sum, { messages: got }) => sum + got.length, 0);
    await eventually(() => total() >= 16_000, { timeoutMs: 15_000 });

    for (let key = 0; key < 16; key += 1) {
      const holders = inboxes
        .map(({ messages: got }) => got.filter((message) => String(message.key) === `key-${key}`))
        .filter((got) => got.length > 0);
      expect(holders, `members that got key ${key}`).to.have.length(1);
      expect(holders[0]?.map(({ value }) => Number(value))).to.deep.equal(numbered(1_000, '').map(Number));
    }
  });

  it('C3: each of two groups gets every message', async () => {
    const topic = await newTopic(3);
    const [first, second] = [new Inbox(), new Inbox()];
    const manager = await openManager();
    manager.addConsumer(topic, uniqueName('group'), first.handler);
    manager.addConsumer(topic, uniqueName('group'), second.handler);
    await manager.startConsumer(topic);
    const values = numbered(50);
    await manager.sendMessages(values.map((value) => ({ topic, key: value, value })));
    await Promise.all([first.has(50), second.has(50)]);
    expect([...first.values].sort()).to.deep.equal([...values].sort());
    expect([...second.values].sort()).to.deep.equal([...values].sort());
  });

  it('C8: closing sends what was accepted before', async () => {
    const topic = await newTopic(3);
    const manager = await openManager();
    const sends = numbered(1_000).map((value) => manager.sendMessage(topic, value, value));
    await manager.close();
    const results = await Promise.allSettled(sends);
    expect(results.filter(({ status }) => status === 'rejected')).to.deep.equal([]);
    expect(await stored(topic)).to.equal(1_000);
  });

  it('C9: a late group starts with the oldest message, or with new ones when asked', async () => {
    const topic = await newTopic(1);
    const manager = await openManager();
    await manager.sendMessage(topic, null, 'early');
    const [oldest, latest] = [new Inbox(), new Inbox()];
    await consume(topic, uniqueName('group'), oldest.handler);
    await oldest.has(1);
    const groupId = uniqueName('group');
    await consume(topic, groupId, latest.handler, { fromBeginning: false });
    await manager.sendMessage(topic, null, 'late');
    await Promise.all([oldest.has(2), latest.has(1)]);
    expect(oldest.values).to.deep.equal(['early', 'late']);
    expect(latest.values).to.deep.equal(['late']);
  });

  it('C10: messages do not cross topics', async () => {
    const [red, blue] = [await newTopic(2, 'red'), await newTopic(2, 'blue')];
    const inboxes = { red: new Inbox(), blue: new Inbox() };
    const manager = await openManager();
    const groupId = uniqueName('group');
    manager.addConsumer(red, groupId, inboxes.red.handler);
    manager.addConsumer(blue, groupId, inboxes.blue.handler);
    await manager.startAllConsumers();
    await manager.sendMessages(
      numbered(40).map((value, i) =>
        i % 2 === 0 ? { topic: red, value: `r${value}` } : { topic: blue, value: `b${value}` },
      ),
    );
    await Promise.all([inboxes.red.has(20), inboxes.blue.has(20)]);
    expect(
      inboxes.red.messages.every(({ topic, value }) => topic === red && String(value).startsWith('r')),
    ).to.equal(true);
    expect(
      inboxes.blue.messages.every(({ topic, value }) => topic === blue && String(value).startsWith('b')),
    ).to.equal(true);
  });

  it('C13: each message of a batch has its own result, and a bad one does not fail the others', async () => {
    const topic = await newTopic(3);
    const missing = uniqueName('missing');
    const manager = await openManager();
    const results = await manager.sendMessages([
      { topic, key: 'a', value: '1' },
      { topic: missing, key: 'a', value: '2' },
      { topic, key: 'b', value: 'x'.repeat(2_000_000) },
      { topic, key: 'b', value: '3' },
      { topic, value: '4', partition: 2 },
      { topic, value: '5', partition: 3 },
      { topic, value: null },
    ]);
    const codes = results.map((result) =>
      result.status === 'rejected' ? (result.reason as { code?: string }).code : 'stored',
    );
    expect(codes).to.deep.equal([
      'stored',
      'KAFKA_UNKNOWN_TOPIC',
      'KAFKA_MESSAGE_TOO_LARGE',
      'stored',
      'stored',
      'KAFKA_INVALID_MESSAGE',
      'stored',
    ]);

    const inbox = new Inbox();
    await consume(topic, uniqueName('group'), inbox.handler);
    await inbox.has(4);
    const places = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const got = inbox.messages.map(({ topic: from, partition, offset }) => ({
      topic: from,
      partition,
      offset,
    }));
    expect(got).to.have.deep.members(places);
    const totals = await (await openAdmin()).topicOffsets(topic);
    expect(totals.reduce((sum, { high }) => sum + Number(high), 0)).to.equal(4);
  });
});
