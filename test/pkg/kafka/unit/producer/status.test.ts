import { expect } from 'chai';
import { DriverError, Producer, PublishNotSent } from '../../../../../pkg/kafka/index.js';
import { eventually } from '../../../../support/eventually.js';
import { FakeDriver, rejection } from '../fakes.js';

describe('Producer: how it stands', () => {
  let driver: FakeDriver;
  let producer: Producer;
  let held: boolean;

  beforeEach(() => {
    held = true;
    driver = new FakeDriver();
    driver.answer = async (batches) =>
      batches.map((batch) => {
        if (!held || batch.partition !== 0) return driver.log.store([batch])[0] ?? expect.fail('no outcome');
        return { kind: 'retry', error: new DriverError('failed', 'NOT_ENOUGH_REPLICAS') };
      });
    producer = new Producer(driver);
  });
  afterEach(() => {
    held = false;
    return producer.close();
  });

  const waiting = () => producer.status().unacknowledged;
  const waitingFor = (ms: number) => eventually(() => (waiting()[0]?.forMs ?? 0) >= ms);

  it('waits for nothing before the first message, and after the last was acknowledged', async () => {
    held = false;
    expect(producer.status()).to.deep.equal({ acknowledgedMsAgo: null, unacknowledged: [] });
    await producer.send({ topic: 't', partition: 0, value: 'x' });
    await eventually(() => waiting().length === 0);
    expect(producer.status().acknowledgedMsAgo).to.be.within(0, 5_000);
  });

  it('names the partition that waits, since when and why, and not the others', async () => {
    const late = producer.send({ topic: 't', partition: 0, value: 'late' });
    await producer.send({ topic: 't', partition: 1, value: 'quick' });
    await waitingFor(50);
    const [one, ...more] = waiting();
    expect(one).to.include({ topic: 't', partition: 0, reason: 'NOT_ENOUGH_REPLICAS' });
    expect(more).to.deep.equal([]);
    held = false;
    await late;
    await eventually(() => waiting().length === 0);
  });

  it('counts on where callers give up and others come', async () => {
    const impatient = new AbortController();
    const first = producer.send({ topic: 't', partition: 0, value: 'first' }, { signal: impatient.signal });
    await waitingFor(100);
    const second = producer.send({ topic: 't', partition: 0, value: 'second' });
    impatient.abort();
    expect(await rejection(first)).to.be.instanceOf(PublishNotSent);
    expect(waiting()[0]?.forMs).to.be.at.least(100);
    held = false;
    await second;
  });

  it('says so where no node leads a partition', async () => {
    driver.leaderOf = (partition) => (partition === 0 ? undefined : 1);
    const late = producer.send({ topic: 't', partition: 0, value: 'x' });
    await waitingFor(1);
    expect(waiting()[0]?.reason).to.equal('no node leads it');
    held = false;
    driver.leaderOf = () => 1;
    await late;
  });
});
