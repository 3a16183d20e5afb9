import { expect } from 'chai';
import kafkajs, { type Producer as KafkajsProducer } from 'kafkajs';
import {
  createKafkajsDriver,
  readPartition,
  type KafkaDriver,
  type ReadBatch,
  type ReadOptions,
} from '../../../../pkg/kafka/index.js';
import { onExternalBroker, testBrokers, uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { rejection } from '../unit/fakes.js';
import { CuttingSockets } from './cutting_sockets.js';
import { closeAll, consume, Inbox, newTopic, numbered, openAdmin, openManager, silent } from './harness.js';

const FETCH = 1;
const LIST_OFFSETS = 2;

describe('kafka contract: reading partitions without a group', function () {
  this.timeout(30_000);
  let sockets: CuttingSockets;
  let driver: KafkaDriver;

  beforeEach(async () => {
    sockets = new CuttingSockets();
    driver = createKafkajsDriver({
      brokers: await testBrokers(),
      clientId: 'contract',
      logger: silent,
      socketFactory: sockets.factory,
    });
  });
  afterEach(closeAll);

  async function fill(topic: string, values: readonly string[], timestamp?: (i: number) => number) {
    const manager = await openManager();
    const results = await manager.sendMessages(
      values.map((value, i) => ({ topic, value, partition: 0, timestamp: timestamp?.(i) })),
    );
    expect(results.every(({ status }) => status === 'fulfilled')).to.equal(true);
  }

  async function read(options: Partial<ReadOptions> & { topic: string; from: ReadOptions['from'] }) {
    const batches: ReadBatch[] = [];
    for await (const batch of readPartition(driver, { partition: 0, to: 'end', ...options }))
      batches.push(batch);
    return {
      batches,
      values: batches.flatMap(({ records }) => records.map(({ value }) => String(value))),
      nextOffset: batches.at(-1)?.nextOffset,
    };
  }

  it('reads from an offset, either end, or a time, up to the end or an offset', async () => {
    const topic = await newTopic(1);
    const values = numbered(10);
    await fill(topic, values, (i) => 1_000_000 + i * 1_000);
    expect((await read({ topic, from: 'earliest' })).values).to.deep.equal(values);
    expect((await read({ topic, from: 4n, to: 6n })).values).to.deep.equal(['v4', 'v5']);
    expect((await read({ topic, from: new Date(1_006_500) })).values).to.deep.equal(['v7', 'v8', 'v9']);
    const atEnd = await read({ topic, from: 'latest' });
    expect([atEnd.values, atEnd.nextOffset]).to.deep.equal([[], 10n]);
    expect((await read({ topic, from: new Date() })).nextOffset).to.equal(10n);
  });

  it('brings key, value, headers, timestamp and offset as they are', async () => {
    const topic = await newTopic(1);
    const manager = await openManager();
    await manager.sendMessage(topic, 'key', Buffer.from([0, 255]), {
      headers: { one: 'a', two: ['b', ''] },
      timestamp: 1_700_000_000_123,
    });
    await manager.sendMessage(topic, null, null);
    const { batches } = await read({ topic, from: 0n });
    const [first, second] = batches.flatMap(({ records }) => records);
    expect(first).to.deep.equal({
      topic,
      partition: 0,
      offset: '0',
      timestampType: 'CreateTime',
      key: Buffer.from('key'),
      value: Buffer.from([0, 255]),
      headers: { one: Buffer.from('a'), two: [Buffer.from('b'), Buffer.alloc(0)] },
      timestamp: 1_700_000_000_123,
    });
    expect([second?.key, second?.value]).to.deep.equal([null, null]);
  });

  it('reads on as records come, and knows the end of an empty partition at once', async () => {
    const topic = await newTopic(1);
    const controller = new AbortController();
    const values: string[] = [];
    for await (const { records, nextOffset, endOffset } of readPartition(driver, {
      topic,
      partition: 0,
      from: 'earliest',
      signal: controller.signal,
    })) {
      values.push(...records.map(({ value }) => String(value)));
      expect(nextOffset).to.equal(endOffset);
      if (values.length === 3) controller.abort();
      else await fill(topic, [`v${values.length}`]);
    }
    expect(values).to.deep.equal(['v0', 'v1', 'v2']);
  });

  it('holds one fetch in memory: a partition larger than that comes in parts', async () => {
    const topic = await newTopic(1);
    const values = numbered(40, 'x'.repeat(1_000));
    for (const value of values) await fill(topic, [value]);
    const { values: got, batches } = await read({ topic, from: 'earliest', maxBytes: 10_000 });
    expect(got).to.deep.equal(values);
    expect(batches.length).to.be.greaterThan(3);
  });

  for (const mishap of ['cut before it is sent', 'cut before its answer'] as const) {
    it(`loses and repeats nothing when connections are ${mishap}`, async () => {
      const topic = await newTopic(1);
      const values = numbered(30);
      for (const value of values) await fill(topic, [value]);
      sockets.next(LIST_OFFSETS, mishap);
      const got: string[] = [];
      for await (const { records } of readPartition(driver, {
        topic,
        partition: 0,
        from: 'earliest',
        to: 'end',
        maxBytes: 400,
      })) {
        got.push(...records.map(({ value }) => String(value)));
        if (got.length % 5 === 0) sockets.next(FETCH, mishap);
      }
      expect(got).to.deep.equal(values);
      expect(sockets.happened).to.be.greaterThan(1);
    });
  }

  it('names the topic that is not there, and the offset that is gone', async () => {
    const missing = uniqueName('missing');
    const unknown = await rejection(read({ topic: missing, from: 'earliest' }));
    expect([unknown.code, unknown.message.includes(missing)]).to.deep.equal(['KAFKA_UNKNOWN_TOPIC', true]);
    const topic = await newTopic(1);
    expect((await rejection(read({ topic, from: 5n }))).code).to.equal('KAFKA_OFFSET_OUT_OF_RANGE');
    await (await openAdmin()).deleteTopic(topic);
    expect((await rejection(read({ topic, from: 0n }))).code).to.equal('KAFKA_UNKNOWN_TOPIC');
  });

  it('names the partition that the topic does not have', async () => {
    const topic = await newTopic(1);
    const { code, message } = await rejection(read({ topic, partition: 9, from: 'earliest' }));
    expect(code).to.equal('KAFKA_UNKNOWN_PARTITION');
    expect(message).to.include(`Topic ${topic} has no partition 9`).and.to.include('add partitions');
  });

  describe('transactions', () => {
    let producers: KafkajsProducer[];

    before(function () {
      // The embedded broker has no transactions yet.
      if (!onExternalBroker()) this.skip();
    });
    beforeEach(() => {
      producers = [];
    });
    afterEach(() => Promise.all(producers.map((producer) => producer.disconnect())));

    async function transactional() {
      const kafka = new kafkajs.Kafka({
        brokers: [...(await testBrokers())],
        logLevel: kafkajs.logLevel.NOTHING,
      });
      const producer = kafka.producer({
        transactionalId: uniqueName('tx'),
        maxInFlightRequests: 1,
        retry: { initialRetryTime: 5 },
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      });
      producers.push(producer);
      await producer.connect();
      return {
        begin: () => producer.transaction(),
        write: (tx: { send: KafkajsProducer['send'] }, topic: string, ...values: string[]) =>
          tx.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) }),
      };
    }

    it('leaves out what was aborted, also of transactions that were open when the reading began', async () => {
      const topic = await newTopic(1);
      const [a, b] = [await transactional(), await transactional()];
      const [first, second] = [await a.begin(), await b.begin()];
      await a.write(first, topic, 'a0');
      await b.write(second, topic, 'b1');
      await fill(topic, ['plain 2']);
      await b.write(second, topic, 'b3');
      await a.write(first, topic, 'a4');
      await b.write(second, topic, 'b5');
      await first.abort();
      await second.abort();
      const third = await a.begin();
      await a.write(third, topic, 'a8', 'a9');
      await third.commit();
      await fill(topic, ['plain']);
      const all = await read({ topic, from: 'earliest' });
      expect(all.values).to.deep.equal(['plain 2', 'a8', 'a9', 'plain']);
      expect((await read({ topic, from: 3n })).values).to.deep.equal(['a8', 'a9', 'plain']);
      const inbox = new Inbox();
      await consume(topic, uniqueName('group'), inbox.handler);
      await inbox.has(4);
      expect(inbox.values, 'of a group').to.deep.equal(all.values);
      expect((await read({ topic, from: 0n, to: 6n, isolation: 'uncommitted' })).values).to.deep.equal([
        'a0',
        'b1',
        'plain 2',
        'b3',
        'a4',
        'b5',
      ]);
    });

    it('ends at an open transaction, and goes past the marker at the end of a partition', async () => {
      const topic = await newTopic(1);
      const writer = await transactional();
      const committed = await writer.begin();
      await writer.write(committed, topic, 'c0');
      await committed.commit();
      const open = await writer.begin();
      await writer.write(open, topic, 'open 2');
      const { values, nextOffset } = await read({ topic, from: 'earliest' });
      expect([values, nextOffset]).to.deep.equal([['c0'], 2n]);
      expect((await read({ topic, from: 2n, isolation: 'uncommitted' })).values).to.deep.equal(['open 2']);
      await open.abort();
      // Brokers answer before the marker is in the partition.
      const after = await eventually(async () => {
        const reading = await read({ topic, from: 'earliest' });
        return reading.nextOffset === 4n ? reading : undefined;
      });
      expect(after.values).to.deep.equal(['c0']);
    });

    it('a group is done with a partition in which nothing counts', async () => {
      const topic = await newTopic(1);
      const writer = await transactional();
      const aborted = await writer.begin();
      await writer.write(aborted, topic, 'a0', 'a1');
      await aborted.abort();
      const group = uniqueName('group');
      await consume(topic, group, new Inbox().handler, { replays: false });
      const admin = await openAdmin();
      await eventually(async () => {
        const [only] = await admin.groupLag(group);
        return only?.lag === 0;
      });
    });

    it('a key of four zero bytes is not taken for a marker', async () => {
      const topic = await newTopic(1);
      const writer = await transactional();
      const aborted = await writer.begin();
      const key = Buffer.alloc(4);
      await aborted.send({ topic, messages: [{ key, value: 'a0', partition: 0 }] });
      await aborted.send({ topic, messages: [{ value: 'a1', partition: 0 }] });
      await aborted.abort();
      expect((await read({ topic, from: 'earliest' })).values).to.deep.equal([]);
    });
  });
});
