import { expect } from 'chai';
import { bigInteger } from '../../../../pkg/kafka/failures/header_values.js';
import { InfrastructureError, NonRetryableError } from '../../../../pkg/kafka/index.js';
import { FakeBatch } from './fakes.js';
import { SessionHarness } from './session_harness.js';

/** A batch of a retry topic whose messages are due at these times. */
class DelayedBatch extends FakeBatch {
  override readonly topic: string;

  /** @param key of all of them; without it each has its own */
  constructor(topic: string, dueAt: readonly number[], key?: string) {
    super(dueAt.map((_, i) => i));
    this.topic = topic;
    for (const [i, due] of dueAt.entries()) {
      const record = this.recordAt(i);
      this.records[i] = {
        ...record,
        topic,
        key: key === undefined ? record.key : Buffer.from(key),
        headers: { 'retry_topic-backoff-timestamp': bigInteger(BigInt(due)) },
      };
    }
  }
}

describe('retry topics', () => {
  let member: SessionHarness;
  beforeEach(() => {
    member = new SessionHarness();
  });
  afterEach(() => member.close());

  it('a message goes there after its attempts, a fatal one to the dead letters at once', async () => {
    await member.start({ retryTopics: [60_000], retry: { maxAttempts: 1 } });
    member.handler = async ({ offset }) => {
      throw offset === '0' ? new Error('not now') : new NonRetryableError('never');
    };
    await member.deliver(new FakeBatch([0, 1]));
    expect(member.setAside.map(({ topic }) => topic)).to.deep.equal(['t.g-retry-60000', 't.g-dlt']);
  });

  it('R7: a message waits there until it is due, with its partition alone, and then it is handled', async () => {
    await member.start({ retryTopics: [60_000] });
    const waiting = [{ topic: 't.g-retry-60000', partition: 0 }];
    member.consumer.listener.onRevoked();
    member.consumer.listener.onAssigned([...waiting, { topic: 't', partition: 1 }]);
    const handled: [string, string, number][] = [];
    member.handler = async ({ topic, offset }, context) => {
      expect(context.topic).to.equal('t');
      handled.push([topic, offset, Date.now()]);
    };
    void member.deliver(new DelayedBatch('t.g-retry-60000', [5_000, 5_000, 60_000]));
    await member.deliver(new FakeBatch([0], 1));
    expect(handled).to.deep.equal([['t', '0', 0]]);
    expect([...member.consumer.paused]).to.deep.equal(['t.g-retry-60000/0']);
    await member.clock.tickAsync(70_000);
    expect(handled.slice(1)).to.deep.equal([
      ['t.g-retry-60000', '0', 5_000],
      ['t.g-retry-60000', '1', 5_000],
      ['t.g-retry-60000', '2', 60_000],
    ]);
    expect(member.consumer.committed('t.g-retry-60000', 0)).to.equal(3n);
    expect([...member.consumer.paused]).to.deep.equal([]);
  });

  it('a message that fails again goes to the next delay, and in the end to the dead letters', async () => {
    await member.start({ retryTopics: [1_000, 60_000], retry: { maxAttempts: 1 } });
    member.consumer.listener.onRevoked();
    member.consumer.listener.onAssigned([
      { topic: 't.g-retry-1000', partition: 0 },
      { topic: 't.g-retry-60000', partition: 0 },
    ]);
    member.handler = () => Promise.reject(new Error('not now'));
    await member.deliver(new DelayedBatch('t.g-retry-1000', [0]));
    await member.deliver(new DelayedBatch('t.g-retry-60000', [0]));
    expect(member.setAside.map(({ topic }) => topic)).to.deep.equal(['t.g-retry-60000', 't.g-dlt']);
    expect(member.setAside.map(({ message }) => message.replayed)).to.deep.equal([true, true]);
  });

  describe('what is due already does not wait for what is due later:', () => {
    const RETRY_TOPIC = 't.g-retry-60000';
    const calls: [string, number][] = [];

    /** Starts a member that notes the calls of its handler, and hands it messages that are due at these times. */
    async function deliver(
      dueAt: readonly number[],
      { key, handler }: { readonly key?: string; readonly handler: (calls: number) => Promise<void> },
    ): Promise<void> {
      calls.length = 0;
      const retry = { maxAttempts: 2, initialDelayMs: 200 };
      await member.start({ retryTopics: [60_000], retry });
      member.consumer.listener.onRevoked();
      member.consumer.listener.onAssigned([{ topic: RETRY_TOPIC, partition: 0 }]);
      member.handler = ({ offset }) => {
        calls.push([offset, Date.now()]);
        return handler(calls.length);
      };
      void member.deliver(new DelayedBatch(RETRY_TOPIC, dueAt, key));
      await member.clock.tickAsync(70_000);
      expect(member.consumer.committed(RETRY_TOPIC, 0)).to.equal(BigInt(dueAt.length));
    }

    it('a message that is tried again', async () => {
      await deliver([5_000, 60_000], {
        handler: (call) => (call === 1 ? Promise.reject(new Error('not now')) : Promise.resolve()),
      });
      expect(calls.map(([offset]) => offset)).to.deep.equal(['0', '0', '1']);
      expect(calls[1]?.[1]).to.be.within(5_200, 5_300);
      expect(calls[2]).to.deep.equal(['1', 60_000]);
    });

    it('the next message of a key', async () => {
      await deliver([5_000, 5_000, 60_000], {
        key: 'k',
        handler: () => new Promise((resolve) => setTimeout(resolve, 100)),
      });
      expect(calls.map(([offset]) => offset)).to.deep.equal(['0', '1', '2']);
      expect(calls[1]?.[1]).to.be.within(5_100, 5_200);
      expect(calls[2]).to.deep.equal(['2', 60_000]);
    });

    it('the message that tells whether the infrastructure is there again, and those that waited with it', async () => {
      await deliver([5_000, 5_000, 60_000], {
        handler: (call) => (call <= 2 ? Promise.reject(new InfrastructureError('down')) : Promise.resolve()),
      });
      expect(calls.map(([offset]) => offset)).to.deep.equal(['0', '1', '0', '1', '2']);
      for (const [, at] of calls.slice(0, 4)) expect(at).to.be.within(5_000, 6_000);
      expect(calls[4]).to.deep.equal(['2', 60_000]);
    });
  });
});
