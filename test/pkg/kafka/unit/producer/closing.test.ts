import { expect } from 'chai';
import { DriverError, Producer } from '../../../../../pkg/kafka/index.js';
import type { PartitionOutcome } from '../../../../../pkg/kafka/driver.js';
import { eventually } from '../../../../support/eventually.js';
import { deferred, FakeDriver, rejection } from '../fakes.js';

const unknown: PartitionOutcome = { kind: 'unknown', error: new DriverError('failed', 'cut off') };

describe('Producer: flush and close', () => {
  let driver: FakeDriver;

  beforeEach(() => {
    driver = new FakeDriver();
  });

  it('flush waits for what was handed over before it, also for what waits for room, and for nothing else', async () => {
    const producer = new Producer(driver, { maxBufferedMessages: 1 });
    const gate = deferred();
    driver.answer = async (batches) => {
      if (batches.some(({ records }) => records.some(({ value }) => String(value) === 'later'))) {
        await gate.promise;
      }
      return driver.log.store(batches);
    };
    const sent = ['1', '2', '3'].map((value) => producer.send({ topic: 't', value, partition: 0 }));
    const flushed = producer.flush();
    const later = producer.send({ topic: 't', value: 'later', partition: 1 });
    await flushed;
    expect(driver.log.values('t', 0)).to.deep.equal(['1', '2', '3']);
    gate.resolve();
    await Promise.all([...sent, later]);
    await producer.flush();
    await producer.close();
  });

  it('close sends what was accepted, refuses what comes later, and disconnects', async () => {
    const producer = new Producer(driver);
    const accepted = [producer.send({ topic: 't', value: '1' }), producer.send({ topic: 'u', value: '2' })];
    await Promise.all([producer.close(), producer.close()]);
    await Promise.all(accepted);
    expect((await rejection(producer.send({ topic: 't', value: '3' }))).code).to.equal('KAFKA_CLOSED');
    expect((await rejection(producer.connect())).code).to.equal('KAFKA_CLOSED');
    expect(driver.producers.map(({ disconnected }) => disconnected)).to.deep.equal([true]);
  });

  it('close gives up after its time: every message that is left gets an outcome', async () => {
    const producer = new Producer(driver, { closeTimeoutMs: 20, maxBufferedMessages: 2 });
    driver.answer = async (batches, client) => {
      await eventually(() => client.disconnected);
      return batches.map(() => unknown);
    };
    const sent = rejection(producer.send({ topic: 't', value: '1', partition: 0 }));
    await eventually(() => driver.producers[0]?.sent.length === 1);
    const waiting = rejection(producer.send({ topic: 't', value: '2', partition: 0 }));
    const noRoom = rejection(producer.send({ topic: 't', value: '3', partition: 0 }));
    await producer.close();
    expect((await sent).code).to.equal('KAFKA_PUBLISH_OUTCOME_UNKNOWN');
    expect((await waiting).code).to.equal('KAFKA_PUBLISH_NOT_SENT');
    expect((await noRoom).code).to.equal('KAFKA_PUBLISH_NOT_SENT');
  });

  it('close during the lookup of a topic rejects its messages when the time is over', async () => {
    const producer = new Producer(driver, { closeTimeoutMs: 20 });
    driver.onConnect = () => new Promise(() => undefined);
    const sent = rejection(producer.send({ topic: 't', value: '1' }));
    await producer.close();
    expect((await sent).code).to.equal('KAFKA_CLOSED');
  });
});
