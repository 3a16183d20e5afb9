import { expect } from 'chai';
import { FakeBatch } from './fakes.js';
import { SessionHarness } from './session_harness.js';

const nap = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('Engine: a handler', () => {
  let member: SessionHarness;
  beforeEach(() => {
    member = new SessionHarness();
  });
  afterEach(() => member.close());

  it('R10: is aborted when its time is up, and its message is tried again', async () => {
    await member.start({ handlerTimeoutMs: 1_000, retry: { initialDelayMs: 200 } });
    const codes: string[] = [];
    const attempts: number[] = [];
    member.handler = (_message, { signal, attempt }) => {
      attempts.push(attempt);
      if (attempt > 1) return Promise.resolve();
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          codes.push((signal.reason as { code: string }).code);
          reject(new Error('gave up'));
        });
      });
    };
    void member.deliver(new FakeBatch([0]));
    await member.clock.tickAsync(1_000);
    expect(codes).to.deep.equal(['KAFKA_HANDLER_TIMEOUT']);
    await member.clock.tickAsync(300);
    expect(attempts).to.deep.equal([1, 2]);
    await member.clock.tickAsync(100);
    expect(member.consumer.committed('t', 0)).to.equal(1n);
  });

  it('R10: each has its own time, also when others began before and after it', async () => {
    await member.start({
      order: 'none',
      handlerTimeoutMs: 1_000,
      onExhausted: 'block',
      retry: { maxAttempts: 1 },
    });
    const ended: [string, number][] = [];
    member.handler = async ({ offset, partition }, { signal }) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      ended.push([`${partition}/${offset}`, performance.now()]);
    };
    void member.deliver(new FakeBatch([0], 0));
    await member.clock.tickAsync(400);
    void member.deliver(new FakeBatch([0], 1));
    await member.clock.tickAsync(3_000);
    expect(ended).to.deep.equal([
      ['0/0', 1_000],
      ['1/0', 1_400],
    ]);
  });

  it('R11: may throw anything, at once or later, and may reject long after it was given up', async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', onRejection);
    try {
      await member.start({ handlerTimeoutMs: 1_000, retry: { maxAttempts: 1 } });
      const throwers: (() => Promise<void>)[] = [
        () => {
          throw new TypeError('at once');
        },
        async () => {
          throw new RangeError('later');
        },
        /* eslint-disable @typescript-eslint/prefer-promise-reject-errors -- handlers may throw anything */
        () => Promise.reject('text'),
        () => Promise.reject(undefined),
        /* eslint-enable @typescript-eslint/prefer-promise-reject-errors */
        () => nap(5_000).then(() => Promise.reject(new Error('too late'))),
      ];
      member.handler = ({ offset }) => throwers[Number(offset)]?.() ?? Promise.resolve();
      void member.deliver(new FakeBatch([0, 1, 2, 3, 4, 5]));
      await member.clock.tickAsync(10_000);
      expect(member.consumer.committed('t', 0)).to.equal(6n);
      expect(member.setAside).to.have.length(5);
      expect(rejections).to.deep.equal([]);
    } finally {
      process.off('unhandledRejection', onRejection);
    }
  });

  it('is told its attempt, and the topic that it was registered for', async () => {
    const contexts: [string, number][] = [];
    await member.start({ retry: { initialDelayMs: 10 } });
    member.handler = async (_message, { topic, attempt }) => {
      contexts.push([topic, attempt]);
      if (attempt < 3) throw new Error('again');
    };
    void member.deliver(new FakeBatch([0]));
    await member.clock.tickAsync(1_000);
    expect(contexts).to.deep.equal([
      ['t', 1],
      ['t', 2],
      ['t', 3],
    ]);
  });
});
