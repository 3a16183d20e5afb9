import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import { DriverError, Producer } from '../../../../pkg/kafka/index.js';
import { eventually } from '../../../support/eventually.js';
import { deferred, FakeDriver, rejection } from './fakes.js';

const refused = (protocolError: string) => new DriverError('refused', 'refused for good', { protocolError });
const unknown = () => new DriverError('failed', 'no answer');

describe('Producer', () => {
  let driver: FakeDriver;
  let producer: Producer;

  beforeEach(() => {
    driver = new FakeDriver();
    producer = new Producer(driver);
  });

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

  it('gathers what comes while a flush is on its way, and never has two on their way', async () => {
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

  it('keeps a flush within its bytes, unless one message alone is larger', async () => {
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

  it('puts messages without a key into one partition per flush', async () => {
    await producer.sendMany(Array.from({ length: 50 }, () => ({ topic: 't', value: 'x' })));
    expect(flushes().map((flush) => flush.length)).to.deep.equal([1]);
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
    expect(
      flushes()
        .flat()
        .every(({ topic }) => topic === 't'),
    ).to.equal(true);
  });

  it('rejects what Kafka could not store before it gets into a flush', async () => {
    const bad: [object, string][] = [
      [{ topic: '', value: 'x' }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 'no spaces', value: 'x' }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't' }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: 5 }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: 'x', key: {} }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: 'x', headers: { h: null } }, 'KAFKA_INVALID_MESSAGE'],
      [{ topic: 't', value: 'x', timestamp: 1.5 }, 'KAFKA_INVALID_MESSAGE'],
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

  it('rejects with QueueFull above its buffer, and takes messages again when there is room', async () => {
    producer = new Producer(driver, { maxBufferedMessages: 2, maxBufferedBytes: 10 });
    const accepted = [
      producer.send({ topic: 't', value: '1234' }),
      producer.send({ topic: 't', value: '1234' }),
    ];
    expect((await rejection(producer.send({ topic: 't', value: '' }))).code).to.equal('KAFKA_QUEUE_FULL');
    await Promise.all(accepted);
    const large = producer.send({ topic: 't', value: '12345678' });
    expect((await rejection(producer.send({ topic: 't', value: '1234' }))).code).to.equal('KAFKA_QUEUE_FULL');
    await large;
    await producer.send({ topic: 't', value: '1234' });
  });

  it('a flush without an answer leaves the outcome unknown, and the next one uses a new client', async () => {
    driver.answer = async (batches) => {
      if (driver.producers.length === 1) throw unknown();
      return driver.log.store(batches);
    };
    const error = await rejection(producer.send({ topic: 't', value: '1' }));
    expect(error.code).to.equal('KAFKA_PUBLISH_OUTCOME_UNKNOWN');
    expect(error.message).to.contain('topic t');
    await producer.send({ topic: 't', value: '2' });
    expect(driver.producers.map(({ disconnected }) => disconnected)).to.deep.equal([true, false]);
  });

  it('a flush that takes longer than the delivery timeout ends with an unknown outcome', async () => {
    producer = new Producer(driver, { deliveryTimeoutMs: 20 });
    driver.answer = () => new Promise(() => undefined);
    const error = await rejection(producer.send({ topic: 't', value: '1' }));
    expect(error.code).to.equal('KAFKA_PUBLISH_OUTCOME_UNKNOWN');
    expect(driver.producers[0]?.disconnected).to.equal(true);
  });

  it('a partition that was refused does not fail the others of its flush', async () => {
    driver.answer = async (batches) => {
      if (batches.some(({ topic }) => topic === 'u')) throw refused('TOPIC_AUTHORIZATION_FAILED');
      return driver.log.store(batches);
    };
    const results = await producer.sendMany([
      { topic: 't', value: '1', partition: 0 },
      { topic: 'u', value: '2', partition: 0 },
      { topic: 't', value: '3', partition: 1 },
    ]);
    expect(results.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    const [, bad] = results;
    expect(bad?.status === 'rejected' && (bad.reason as { code: string }).code).to.equal(
      'KAFKA_PUBLISH_REFUSED',
    );
    expect([driver.log.values('t', 0), driver.log.values('t', 1)]).to.deep.equal([['1'], ['3']]);
  });

  it('one record that the broker refuses does not fail the others of its partition', async () => {
    driver.answer = async (batches) => {
      if (batches.some(({ records }) => records.some(({ value }) => String(value) === 'bad'))) {
        throw refused('INVALID_RECORD');
      }
      return driver.log.store(batches);
    };
    const values = ['1', '2', 'bad', '3', '4', '5', '6'];
    const results = await producer.sendMany(values.map((value) => ({ topic: 't', value, partition: 0 })));
    expect(results.map(({ status }) => status === 'fulfilled')).to.deep.equal(
      values.map((value) => value !== 'bad'),
    );
    expect(driver.log.values('t', 0)).to.deep.equal(['1', '2', '3', '4', '5', '6']);
  });

  it('a partition that the client skipped is sent again instead of being taken for stored', async () => {
    let calls = 0;
    driver.answer = async (batches) => {
      calls += 1;
      return driver.log.store(calls === 1 ? batches.slice(0, 1) : batches);
    };
    const receipts = await Promise.all([
      producer.send({ topic: 't', value: '1', partition: 0 }),
      producer.send({ topic: 't', value: '2', partition: 1 }),
    ]);
    expect(receipts.map(({ partition, offset }) => [partition, offset])).to.deep.equal([
      [0, '0'],
      [1, '0'],
    ]);
    expect(driver.log.values('t', 1)).to.deep.equal(['2']);
    expect(driver.producers).to.have.length(1);
  });

  it('a partition that the client skips every time is not taken for stored', async () => {
    driver.answer = async () => [];
    const error = await rejection(producer.send({ topic: 't', value: '1' }));
    expect(error.code).to.equal('KAFKA_PUBLISH_OUTCOME_UNKNOWN');
  });

  it('says that nothing was sent when the client cannot connect, and tries anew with the next message', async () => {
    driver.onConnect = async () => {
      if (driver.producers.length === 1) throw new DriverError('unreachable', 'ECONNREFUSED');
    };
    expect((await rejection(producer.send({ topic: 't', value: '1' }))).code).to.equal(
      'KAFKA_PUBLISH_NOT_SENT',
    );
    await producer.send({ topic: 't', value: '2' });
    expect((await rejection(new Producer(unreachable()).connect())).code).to.equal(
      'KAFKA_BROKER_UNREACHABLE',
    );
  });

  it('messages that waited too long for their flush are rejected as not sent', async () => {
    const clock = useFakeTimers({ toFake: ['Date'] });
    try {
      producer = new Producer(driver, { deliveryTimeoutMs: 1_000 });
      const gate = deferred();
      driver.answer = async (batches) => {
        await gate.promise;
        return driver.log.store(batches);
      };
      const first = producer.send({ topic: 't', value: '1' });
      await eventually(() => flushes().length === 1);
      const second = producer.send({ topic: 't', value: '2' });
      clock.tick(1_001);
      gate.resolve();
      await first;
      expect((await rejection(second)).code).to.equal('KAFKA_PUBLISH_NOT_SENT');
    } finally {
      clock.restore();
    }
  });

  it('close sends what was accepted, refuses what comes later, and disconnects', async () => {
    const accepted = [producer.send({ topic: 't', value: '1' }), producer.send({ topic: 'u', value: '2' })];
    await Promise.all([producer.close(), producer.close()]);
    await Promise.all(accepted);
    expect((await rejection(producer.send({ topic: 't', value: '3' }))).code).to.equal('KAFKA_CLOSED');
    expect((await rejection(producer.connect())).code).to.equal('KAFKA_CLOSED');
    expect(driver.producers.map(({ disconnected }) => disconnected)).to.deep.equal([true]);
  });

  it('close gives up after its time, and what is left rejects', async () => {
    producer = new Producer(driver, { closeTimeoutMs: 20 });
    driver.answer = () =>
      new Promise((_resolve, reject) => {
        void eventually(() => driver.producers[0]?.disconnected).then(() => {
          reject(unknown());
        });
      });
    const sent = producer.send({ topic: 't', value: '1' });
    const failed = rejection(sent);
    await eventually(() => flushes().length === 1);
    const waiting = rejection(producer.send({ topic: 't', value: '2' }));
    await producer.close();
    expect((await failed).code).to.equal('KAFKA_PUBLISH_OUTCOME_UNKNOWN');
    expect((await waiting).code).to.equal('KAFKA_PUBLISH_NOT_SENT');
  });

  function unreachable(): FakeDriver {
    const down = new FakeDriver();
    down.onConnect = async () => {
      throw new DriverError('unreachable', 'ECONNREFUSED');
    };
    return down;
  }
});
