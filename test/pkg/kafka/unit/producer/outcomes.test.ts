import { expect } from 'chai';
import { DriverError, Producer } from '../../../../../pkg/kafka/index.js';
import type { PartitionBatch, PartitionOutcome } from '../../../../../pkg/kafka/driver.js';
import { eventually } from '../../../../support/eventually.js';
import { FakeDriver, rejection } from '../fakes.js';

const failure = (message: string, protocolError?: string) =>
  new DriverError('failed', message, { protocolError });
const retry: PartitionOutcome = { kind: 'retry', error: failure('no leader here') };
const unknown: PartitionOutcome = { kind: 'unknown', error: failure('no answer') };
const stale: PartitionOutcome = { kind: 'stale', error: failure('unknown producer') };
const refused = (protocolError: string): PartitionOutcome => ({
  kind: 'refused',
  error: new DriverError('refused', 'refused for good', { protocolError }),
});
const valuesOf = (batch: PartitionBatch) => batch.records.map(({ value }) => String(value));

describe('Producer: outcomes', () => {
  let driver: FakeDriver;
  let producer: Producer;

  beforeEach(() => {
    driver = new FakeDriver();
    producer = new Producer(driver);
  });
  afterEach(() => producer.close());

  /** Answers the first requests as scripted, each batch alike; stores what comes later. */
  function script(...outcomes: PartitionOutcome[]): void {
    let calls = 0;
    driver.answer = async (batches) => {
      const outcome = outcomes[calls];
      calls += 1;
      return outcome === undefined ? driver.log.store(batches) : batches.map(() => outcome);
    };
  }

  const send = (value: string, partition = 0) => producer.send({ topic: 't', value, partition });
  const batches = () => driver.producers.flatMap(({ sent }) => sent.flat());
  const renounced = () => driver.producers.flatMap(({ renounced: given }) => given);

  it('a batch whose fate is unknown is sent again as it was, before anything else of its partition', async () => {
    script(unknown, unknown);
    const first = send('1');
    await eventually(() => batches().length === 1);
    await Promise.all([first, send('2')]);
    expect(batches().map(valuesOf)).to.deep.equal([['1'], ['1'], ['1'], ['2']]);
    expect(renounced()).to.deep.equal([]);
  });

  it('a batch whose fate stays unknown rejects with PublishOutcomeUnknown, and its numbers are never used again', async () => {
    producer = new Producer(driver, { deliveryTimeoutMs: 600 });
    driver.answer = async (sent) =>
      valuesOf(sent[0]!).includes('1') ? sent.map(() => unknown) : driver.log.store(sent);
    const error = await rejection(send('1'));
    expect(error.code).to.equal('KAFKA_PUBLISH_OUTCOME_UNKNOWN');
    expect(error.message).to.contain('topic t').and.contain('no answer');
    await send('2');
    expect(renounced()).to.deep.equal(['t/0']);
    expect(driver.log.values('t', 0)).to.deep.equal(['2']);
  });

  it('a request without an answer ends with an unknown outcome when the delivery time is over', async () => {
    producer = new Producer(driver, { deliveryTimeoutMs: 300, closeTimeoutMs: 0 });
    let answer: (outcomes: PartitionOutcome[]) => void = () => undefined;
    driver.answer = () => new Promise((resolve) => (answer = resolve));
    expect((await rejection(send('1'))).code).to.equal('KAFKA_PUBLISH_OUTCOME_UNKNOWN');
    answer([unknown]);
    await eventually(() => renounced().length === 1);
    expect(batches(), 'not sent a second time').to.have.length(1);
  });

  it('what was not stored is sent again, in order, and the leaders are asked for anew', async () => {
    script(retry, retry);
    await Promise.all([send('1'), send('2')]);
    await send('3');
    expect(driver.log.values('t', 0)).to.deep.equal(['1', '2', '3']);
    expect(driver.lookups.length).to.be.greaterThan(1);
  });

  it('what could not be sent in its time rejects with PublishNotSent', async () => {
    producer = new Producer(driver, { deliveryTimeoutMs: 600 });
    driver.answer = async (sent) => sent.map(() => retry);
    const error = await rejection(send('1'));
    expect(error.code).to.equal('KAFKA_PUBLISH_NOT_SENT');
    expect(error.message).to.contain('no leader here');
  });

  it('a partition without a leader waits for one; the others do not', async () => {
    const leaders: (number | undefined)[] = [undefined, 1, 1];
    driver.leaderOf = (partition) => leaders[partition];
    const waiting = send('waits');
    for (let i = 0; i < 10; i += 1) await send('x', 1);
    expect(driver.log.values('t', 0)).to.deep.equal([]);
    leaders[0] = 1;
    await waiting;
    expect(driver.log.values('t', 0)).to.deep.equal(['waits']);
  });

  it('a partition that was refused does not fail the others of its request, nor store them twice', async () => {
    driver.answer = async (sent) =>
      sent.map((batch) =>
        batch.topic === 'u' ? refused('TOPIC_AUTHORIZATION_FAILED') : driver.log.store([batch])[0]!,
      );
    const results = await Promise.allSettled([
      send('1'),
      producer.send({ topic: 'u', value: '2', partition: 0 }),
      send('3', 1),
    ]);
    expect(results.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    const [, bad] = results;
    expect(bad.status === 'rejected' && (bad.reason as { code: string }).code).to.equal(
      'KAFKA_PUBLISH_REFUSED',
    );
    expect([driver.log.values('t', 0), driver.log.values('t', 1)]).to.deep.equal([['1'], ['3']]);
  });

  it('one record that the broker refuses does not fail the others of its partition', async () => {
    driver.answer = async (sent) =>
      sent.map((batch) =>
        valuesOf(batch).includes('bad') ? refused('INVALID_RECORD') : driver.log.store([batch])[0]!,
      );
    const values = ['1', '2', 'bad', '3', '4', '5', '6'];
    const results = await Promise.allSettled(values.map((value) => send(value)));
    expect(results.map(({ status }) => status === 'fulfilled')).to.deep.equal(
      values.map((value) => value !== 'bad'),
    );
    expect(driver.log.values('t', 0)).to.deep.equal(['1', '2', '3', '4', '5', '6']);
  });

  it('when the broker has lost track of the producer the partition goes on with new numbers', async () => {
    script(stale);
    await send('1');
    expect(renounced()).to.deep.equal(['t/0']);
    expect(driver.log.values('t', 0)).to.deep.equal(['1']);
  });

  it('when it has lost track of a batch that it may have stored the outcome is unknown', async () => {
    script(unknown, stale);
    expect((await rejection(send('1'))).code).to.equal('KAFKA_PUBLISH_OUTCOME_UNKNOWN');
    expect(renounced()).to.deep.equal(['t/0']);
  });

  it('a topic that is deleted fails alone, and can be used again when it is back', async () => {
    await producer.sendMany([
      { topic: 't', value: '1', partition: 0 },
      { topic: 'u', value: '1' },
    ]);
    delete driver.topics['u'];
    driver.answer = async (sent) =>
      sent.map((batch) => (batch.topic in driver.topics ? driver.log.store([batch])[0]! : retry));
    const gone = rejection(producer.send({ topic: 'u', value: '2' }));
    for (let i = 0; i < 20; i += 1) await send('x');
    expect(driver.log.values('t', 0), 'of the other topic meanwhile').to.have.length(21);
    expect((await gone).code).to.equal('KAFKA_UNKNOWN_TOPIC');
    driver.topics['u'] = 1;
    await producer.send({ topic: 'u', value: '3' });
  });

  it('when no broker answers for a new topic, says so and that nothing was sent', async () => {
    producer = new Producer(driver, { maxBlockMs: 50 });
    driver.onConnect = async () => {
      throw new DriverError('unreachable', 'ECONNREFUSED');
    };
    expect((await rejection(send('1'))).code).to.equal('KAFKA_BROKER_UNREACHABLE');
    expect((await rejection(producer.connect())).code).to.equal('KAFKA_BROKER_UNREACHABLE');
    driver.onConnect = async () => undefined;
    await producer.connect();
    await send('2');
  });
});
