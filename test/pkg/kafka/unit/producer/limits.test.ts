import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { Producer } from '../../../../../pkg/kafka/index.js';
import type { PartitionOutcome } from '../../../../../pkg/kafka/driver.js';
import { DriverError } from '../../../../../pkg/kafka/index.js';
import { eventually } from '../../../../support/eventually.js';
import { deferred, FakeDriver, rejection } from '../fakes.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('Producer: limits', () => {
  let driver: FakeDriver;
  let producer: Producer;
  let gate: ReturnType<typeof deferred<void>>;

  beforeEach(() => {
    driver = new FakeDriver();
    gate = deferred();
    driver.answer = async (batches) => {
      await gate.promise;
      return driver.log.store(batches);
    };
  });
  afterEach(async () => {
    gate.resolve();
    await producer.close();
  });

  const send = (value: string, signal?: AbortSignal) =>
    producer.send({ topic: 't', value, partition: 0 }, signal === undefined ? {} : { signal });
  const requests = () => driver.producers.flatMap(({ sent }) => sent).length;

  describe('buffer', () => {
    it('a message that finds no room waits for it, and nobody overtakes', async () => {
      producer = new Producer(driver, { maxBufferedMessages: 2 });
      const sends = ['1', '2', '3', '4', '5'].map((value) => send(value));
      await eventually(() => requests() === 1);
      gate.resolve();
      await Promise.all(sends);
      expect(driver.log.values('t', 0)).to.deep.equal(['1', '2', '3', '4', '5']);
    });

    it('rejects with QueueFull what found no room within maxBlockMs; it is not sent later', async () => {
      producer = new Producer(driver, { maxBufferedMessages: 1, maxBlockMs: 20 });
      const accepted = send('1');
      const error = await rejection(send('2'));
      expect(error.code).to.equal('KAFKA_QUEUE_FULL');
      gate.resolve();
      await accepted;
      await send('3');
      expect(driver.log.values('t', 0)).to.deep.equal(['1', '3']);
    });

    describe('where the first that waits leaves without its place', () => {
      /** Partition 0 is not answered for; 6 of 10 bytes are taken, and a message waits that needs 5. */
      const fill = (maxBlockMs: number, signal?: AbortSignal) => {
        driver.answer = async (batches) => {
          if (batches.some(({ partition }) => partition === 0)) await gate.promise;
          return driver.log.store(batches);
        };
        producer = new Producer(driver, { maxBufferedBytes: 10, maxBlockMs });
        const held = send('123456');
        return { held, large: rejection(send('12345', signal)) };
      };
      const sendElsewhere = () => producer.send({ topic: 't', value: '1234', partition: 1 });

      it('as its time is over, those behind it get the room that there is', async () => {
        const { held, large } = fill(40);
        const small = sendElsewhere();
        expect((await large).code).to.equal('KAFKA_QUEUE_FULL');
        await small;
        gate.resolve();
        await held;
      });

      it('as it is aborted, those behind it get the room that there is', async () => {
        const controller = new AbortController();
        const { held, large } = fill(5_000, controller.signal);
        const small = sendElsewhere();
        await eventually(() => requests() === 1);
        controller.abort();
        expect((await large).code).to.equal('KAFKA_PUBLISH_NOT_SENT');
        await small;
        gate.resolve();
        await held;
      });
    });

    it('counts bytes as well, and lets a message through that is larger than the whole buffer', async () => {
      producer = new Producer(driver, { maxBufferedBytes: 10, maxBlockMs: 20 });
      const accepted = [send('1234'), send('1234')];
      expect((await rejection(send('123'))).code).to.equal('KAFKA_QUEUE_FULL');
      gate.resolve();
      await Promise.all(accepted);
      await send('more than ten bytes');
    });
  });

  describe('abort', () => {
    it('before its request: the message is never sent, and leaves its room to others', async () => {
      producer = new Producer(driver, { maxBufferedMessages: 2 });
      const first = send('1');
      await eventually(() => requests() === 1);
      const controller = new AbortController();
      const aborted = rejection(send('2', controller.signal));
      const last = send('3');
      const reason = new Error('the caller went away');
      controller.abort(reason);
      const error = await aborted;
      expect([error.code, error.cause]).to.deep.equal(['KAFKA_PUBLISH_NOT_SENT', reason]);
      gate.resolve();
      await Promise.all([first, last]);
      expect(driver.log.values('t', 0)).to.deep.equal(['1', '3']);
    });

    it('before the call, or while it waits for room or for its topic: not sent', async () => {
      producer = new Producer(driver, { maxBufferedMessages: 1 });
      const controller = new AbortController();
      const looksUp = rejection(send('1', controller.signal));
      const waits = rejection(send('2', controller.signal));
      controller.abort();
      expect((await looksUp).code).to.equal('KAFKA_PUBLISH_NOT_SENT');
      expect((await waits).code).to.equal('KAFKA_PUBLISH_NOT_SENT');
      expect((await rejection(send('3', controller.signal))).code).to.equal('KAFKA_PUBLISH_NOT_SENT');
      gate.resolve();
      await send('4');
      expect(driver.log.values('t', 0)).to.deep.equal(['4']);
    });

    describe('lets go of the message at once', () => {
      /** Sends more than the buffer has room for, aborted a few at a time. */
      const sendAborted = async () => {
        const values: WeakRef<Buffer>[] = [];
        for (let round = 0; round < 10; round += 1) {
          const controller = new AbortController();
          const aborted = Array.from({ length: 10 }, () => {
            const value = Buffer.alloc(1_000);
            values.push(new WeakRef(value));
            return rejection(
              producer.send({ topic: 't', value, partition: 0 }, { signal: controller.signal }),
            );
          });
          controller.abort();
          await Promise.all(aborted);
        }
        return values;
      };
      const areGone = (values: readonly WeakRef<Buffer>[]) => () => {
        collectGarbage();
        return values.every((value) => value.deref() === undefined);
      };

      it('behind one that waits for a leader', async () => {
        driver.leaderOf = () => undefined;
        producer = new Producer(driver, { maxBufferedMessages: 20, deliveryTimeoutMs: Infinity });
        const first = send('first');
        await eventually(() => producer.status().unacknowledged.length === 1);
        await eventually(areGone(await sendAborted()));
        driver.leaderOf = () => 1;
        gate.resolve();
        await first;
        expect(driver.log.values('t', 0)).to.deep.equal(['first']);
      });

      it('behind one whose topic is looked up', async () => {
        const lookup = deferred();
        driver.onConnect = () => lookup.promise;
        producer = new Producer(driver, { maxBufferedMessages: 20 });
        const first = send('first');
        await eventually(areGone(await sendAborted()));
        lookup.resolve();
        gate.resolve();
        await first;
        expect(driver.log.values('t', 0)).to.deep.equal(['first']);
      });
    });

    it('in its request: it settles as usual', async () => {
      producer = new Producer(driver);
      const controller = new AbortController();
      const sent = send('1', controller.signal);
      await eventually(() => requests() === 1);
      controller.abort();
      gate.resolve();
      expect((await sent).offset).to.equal('0');
    });

    it('in a request that stored nothing: it is not sent again', async () => {
      producer = new Producer(driver);
      const retry: PartitionOutcome = { kind: 'retry', error: new DriverError('failed', 'no leader') };
      driver.answer = async (batches) => {
        await gate.promise;
        return requests() === 1 ? batches.map(() => retry) : driver.log.store(batches);
      };
      const controller = new AbortController();
      const aborted = rejection(send('1', controller.signal));
      const other = send('2');
      await eventually(() => requests() === 1);
      controller.abort();
      gate.resolve();
      expect((await aborted).code).to.equal('KAFKA_PUBLISH_NOT_SENT');
      await other;
      expect(driver.log.values('t', 0)).to.deep.equal(['2']);
    });
  });

  it('a message that waited too long for its request is rejected as not sent', async () => {
    producer = new Producer(driver, { deliveryTimeoutMs: 400 });
    const first = rejection(send('1'));
    await eventually(() => requests() === 1);
    const second = await rejection(send('2'));
    expect(second.code).to.equal('KAFKA_PUBLISH_NOT_SENT');
    expect(second.message).to.include('and what was sent before it neither');
    const unanswered = await first;
    expect(unanswered.code).to.equal('KAFKA_PUBLISH_OUTCOME_UNKNOWN');
    expect(unanswered.message).to.include('the node that leads its partition has not answered');
  });
});
