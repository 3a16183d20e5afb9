import { expect } from 'chai';
import { Producer } from '../../../../../pkg/kafka/index.js';
import { eventually } from '../../../../support/eventually.js';
import { deferred, FakeDriver, rejection } from '../fakes.js';

describe('Producer: sending', () => {
  let driver: FakeDriver;
  let producer: Producer;

  beforeEach(() => {
    driver = new FakeDriver();
    producer = new Producer(driver);
  });
  afterEach(() => producer.close());

  const flushes = () => driver.producers.flatMap(({ sent }) => sent);
  const sizes = () => flushes().map((flush) => flush.reduce((sum, { records }) => sum + records.length, 0));

  it('resolves with the place of each message, as decimal text', async () => {
    const receipts = await Promise.all(
      ['a', 'b', 'c'].map((value) => producer.send({ topic: 't', value, partition: value === 'b' ? 1 : 0 })),
    );
    expect(receipts).to.deep.equal([
      { topic: 't', partition: 0, offset: '0' },
      { topic: 't', partition: 1, offset: '0' },
      { topic: 't', partition: 0, offset: '1' },
    ]);
  });

  it('gathers what comes while a request is on its way, in requests of at most 500 messages', async () => {
    const first = deferred();
    driver.answer = async (batches) => {
      await first.promise;
      return driver.log.store(batches);
    };
    const sends = [producer.send({ topic: 't', key: 'k', value: 'first' })];
    await eventually(() => flushes().length === 1);
    for (let i = 0; i < 1_200; i += 1) sends.push(producer.send({ topic: 't', key: 'k', value: `${i}` }));
    first.resolve();
    await Promise.all(sends);
    expect(sizes()).to.deep.equal([1, 500, 500, 200]);
    expect(driver.maxInFlight).to.equal(1);
  });

  it('keeps a request within its bytes, unless one message alone is larger', async () => {
    producer = new Producer(driver, { maxBatchBytes: 1_000 });
    const values = ['a'.repeat(400), 'b'.repeat(400), 'c'.repeat(400), 'd'.repeat(5_000), 'e'];
    await producer.sendMany(values.map((value) => ({ topic: 't', value, partition: 0 })));
    expect(sizes()).to.deep.equal([2, 1, 1, 1]);
    expect(driver.log.values('t', 0)).to.deep.equal(values);
  });

  it('stores the messages of a partition in the order of the calls, also while a topic is looked up', async () => {
    const values = Array.from({ length: 300 }, (_, i) => String(i));
    const sends: Promise<unknown>[] = [];
    for (const value of values) {
      sends.push(producer.send({ topic: 't', key: 'one', value }));
      if (Number(value) % 50 === 0) await Promise.resolve();
    }
    await Promise.all(sends);
    const [partition = []] = [0, 1, 2]
      .map((id) => driver.log.values('t', id))
      .filter(({ length }) => length > 0);
    expect(partition).to.deep.equal(values);
    expect(driver.lookups, 'one lookup for all').to.deep.equal(['t']);
  });

  it('keeps that order where one of those that wait for their topic gives its room to a later one', async () => {
    producer = new Producer(driver, { maxBufferedMessages: 3 });
    const results = await producer.sendMany([
      { topic: 't', value: 'nowhere', partition: 3 },
      ...['1', '2', '3', '4'].map((value) => ({ topic: 't', value, partition: 0 })),
    ]);
    expect(results[0]?.status).to.equal('rejected');
    expect(driver.log.values('t', 0)).to.deep.equal(['1', '2', '3', '4']);
  });

  it('serves the partitions of a request in turn: one with much to send does not starve the others', async () => {
    const many = Array.from({ length: 2_000 }, () =>
      producer.send({ topic: 't', value: 'many', partition: 0 }),
    );
    const few = producer.send({ topic: 't', value: 'few', partition: 1 });
    await few;
    expect(driver.log.values('t', 0).length).to.be.at.most(1_000);
    await Promise.all(many);
  });

  it('puts messages without a key into one partition per request', async () => {
    await producer.sendMany(Array.from({ length: 50 }, () => ({ topic: 't', value: 'x' })));
    expect(flushes().map((flush) => flush.length)).to.deep.equal([1]);
  });

  it('puts messages without a key where they can be stored now', async () => {
    driver.leaderOf = (partition) => (partition === 1 ? 1 : undefined);
    for (let i = 0; i < 20; i += 1) await producer.send({ topic: 't', value: 'x' });
    expect(driver.log.values('t', 1)).to.have.length(20);
  });

  it('rejects an unknown topic without sending, and others are not touched', async () => {
    const results = await producer.sendMany([
      { topic: 'nowhere', value: '1' },
      { topic: 't', value: '2' },
    ]);
    expect(results.map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled']);
    expect((await rejection(producer.send({ topic: 'nowhere', value: '1' }))).code).to.equal(
      'KAFKA_UNKNOWN_TOPIC',
    );
    expect(new Set(flushes().flatMap((flush) => flush.map(({ topic }) => topic)))).to.deep.equal(
      new Set(['t']),
    );
  });

  it('rejects what Kafka could not store before it gets into a request', async () => {
    const bad: [object, string][] = [
      [{ topic: '', value: 'x' }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 'no spaces', value: 'x' }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't' }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: 5 }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: 'x', key: {} }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: 'x', headers: { h: null } }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: 'x', timestamp: 1.5 }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: 'x', timestamp: 2 ** 52 }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: 'x', partition: -1 }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: 'x', partition: 3 }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: Buffer.alloc(1_048_001) }, 'KAFKA_MESSAGE_TOO_LARGE'],
    ];
    for (const [message, code] of bad) {
      const error = await rejection(producer.send(message as { topic: string; value: string }));
      expect(error.code, JSON.stringify(message).slice(0, 60)).to.equal(code);
    }
    expect(flushes()).to.deep.equal([]);
  });

  it('asks for the compression that is set for all topics, or for one', async () => {
    const asked = async (compression: 'gzip' | Record<string, 'lz4'>) => {
      producer = new Producer(driver, { compression });
      await producer.sendMany([
        { topic: 't', value: '1' },
        { topic: 'u', value: '2' },
      ]);
      return flushes()
        .at(-1)
        ?.map(({ topic, compression: used }) => [topic, used]);
    };
    expect(await asked('gzip')).to.have.deep.members([
      ['t', 'gzip'],
      ['u', 'gzip'],
    ]);
    expect(await asked({ u: 'lz4' })).to.have.deep.members([
      ['t', 'none'],
      ['u', 'lz4'],
    ]);
  });

  describe('when a node does not answer', () => {
    const held = deferred();

    it('the partitions of other nodes go on', async () => {
      driver.leaderOf = (partition) => partition;
      driver.answer = async (batches) => {
        if (batches.some(({ partition }) => partition === 0)) await held.promise;
        return driver.log.store(batches);
      };
      const slow = producer.send({ topic: 't', value: 'slow', partition: 0 });
      for (let i = 0; i < 10; i += 1) await producer.send({ topic: 't', value: 'x', partition: 1 });
      expect(driver.producers, 'client producers').to.have.length(1);
      held.resolve();
      await slow;
    });

    it('however many partitions of a topic are held up, other topics go on', async () => {
      driver.topics = { t: 8, u: 1 };
      const gate = deferred();
      driver.answer = async (batches) => {
        if (batches.some(({ topic }) => topic === 't')) await gate.promise;
        return driver.log.store(batches);
      };
      await producer.send({ topic: 'u', value: '0' });
      const slow: Promise<unknown>[] = [];
      for (let partition = 0; partition < 8; partition += 1) {
        slow.push(producer.send({ topic: 't', partition, value: 'x' }));
        const lanesForThem = 4;
        await eventually(() => flushes().length === 1 + Math.min(partition + 1, lanesForThem));
      }
      for (let i = 0; i < 5; i += 1) await producer.send({ topic: 'u', value: String(i) });
      expect(driver.log.values('u', 0)).to.have.length(6);
      gate.resolve();
      await Promise.all(slow);
    });

    it('a partition that was held up shares no request with others, until it is answered soon', async () => {
      const gate = deferred();
      driver.answer = async (batches) => {
        if (batches.some(({ partition }) => partition === 0)) await gate.promise;
        return driver.log.store(batches);
      };
      const slow = producer.send({ topic: 't', value: '1', partition: 0 });
      await eventually(() => flushes().length === 1);
      await producer.send({ topic: 'u', value: '1', partition: 1 });
      gate.resolve();
      await slow;
      const together = () =>
        Promise.all([
          producer.send({ topic: 't', value: '2', partition: 0 }),
          producer.send({ topic: 'u', value: '2', partition: 1 }),
        ]);
      let before = flushes().length;
      await together();
      expect(flushes().slice(before), 'after it was held up').to.have.length(2);
      before = flushes().length;
      await together();
      expect(flushes().slice(before), 'after it was answered soon').to.have.length(1);
    });

    it('other partitions of the same node take another way, and nobody overtakes in his partition', async () => {
      const gate = deferred();
      driver.answer = async (batches) => {
        if (batches.some(({ partition }) => partition === 0)) await gate.promise;
        return driver.log.store(batches);
      };
      const slow = [producer.send({ topic: 't', value: '1', partition: 0 })];
      await eventually(() => flushes().length === 1);
      slow.push(producer.send({ topic: 't', value: '2', partition: 0 }));
      for (let i = 0; i < 5; i += 1) await producer.send({ topic: 't', value: `${i}`, partition: 1 });
      expect(driver.producers, 'client producers').to.have.length(2);
      expect(driver.log.values('t', 0)).to.deep.equal([]);
      gate.resolve();
      await Promise.all(slow);
      expect(driver.log.values('t', 0)).to.deep.equal(['1', '2']);
      expect(driver.log.values('t', 1)).to.deep.equal(['0', '1', '2', '3', '4']);
    });
  });
});
