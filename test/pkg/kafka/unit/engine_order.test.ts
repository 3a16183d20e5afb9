import { AsyncLocalStorage } from 'node:async_hooks';
import { expect } from 'chai';
import fc from 'fast-check';
import type { SubscriptionOptions } from '../../../../pkg/kafka/index.js';
import { FakeBatch } from './fakes.js';
import { keyed, SessionHarness } from './session_harness.js';

const never = () => new Promise<void>(() => undefined);
const nap = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('Engine: order and concurrency', () => {
  let member: SessionHarness;
  beforeEach(() => {
    member = new SessionHarness();
  });
  afterEach(() => member.close());

  async function begun(order: SubscriptionOptions['order'], keys: readonly (string | null)[]) {
    const running: string[] = [];
    await member.start(order === undefined ? {} : { order });
    member.handler = async ({ offset }) => {
      running.push(offset);
      await never();
    };
    void member.deliver(keyed(keys));
    await member.settle();
    return running;
  }

  it('C5: no message of a key is begun before the one before it is done; other keys go on', async () => {
    expect(await begun(undefined, ['a', 'a', 'b', 'a', 'b'])).to.deep.equal(['0', '2']);
  });

  it('messages without a key wait for none', async () => {
    expect(await begun('key', [null, null, 'a', 'a'])).to.deep.equal(['0', '1', '2']);
  });

  it("order 'partition' runs one message at a time, with a key or without", async () => {
    expect(await begun('partition', ['a', 'b', null])).to.deep.equal(['0']);
  });

  it("order 'none' runs messages of one key at once", async () => {
    expect(await begun('none', ['a', 'a', 'a'])).to.deep.equal(['0', '1', '2']);
  });

  it('runs at most so many handlers at a time, over all partitions', async () => {
    let running = 0;
    let most = 0;
    await member.start({ order: 'none' }, { concurrency: 5 });
    member.handler = async () => {
      most = Math.max(most, (running += 1));
      await nap(10);
      running -= 1;
    };
    const handed = [
      member.deliver(new FakeBatch([...Array(20).keys()], 0)),
      member.deliver(new FakeBatch([...Array(20).keys()], 1)),
    ];
    await member.clock.tickAsync(200);
    await Promise.all(handed);
    expect(most).to.equal(5);
  });

  it('a partition full of slow messages leaves room for another one', async () => {
    const seen: number[] = [];
    await member.start({ order: 'none' }, { concurrency: 8 });
    member.handler = async ({ partition }) => {
      seen.push(partition);
      if (partition === 0) await never();
    };
    void member.deliver(new FakeBatch([...Array(30).keys()], 0));
    await member.deliver(new FakeBatch([...Array(30).keys()], 1));
    await member.settle();
    expect(seen.filter((partition) => partition === 0)).to.have.length(7);
    expect(seen.filter((partition) => partition === 1)).to.have.length(30);
  });

  it('C12: what a handler leaves in its asynchronous context does not reach the next one', async () => {
    const storage = new AsyncLocalStorage<string>();
    const found: (string | undefined)[] = [];
    await member.start({ order: 'partition' });
    member.handler = async ({ offset }) => {
      found.push(storage.getStore());
      storage.enterWith(offset);
    };
    await storage.run('the client', () => member.deliver(new FakeBatch([0, 1, 2])));
    expect(found).to.deep.equal([undefined, undefined, undefined]);
  });

  it('handlers that keep the processor busy do not keep timers from running', async () => {
    member.clock.restore();
    await member.start({ order: 'none' });
    let fired = false;
    let handledBefore = 0;
    setTimeout(() => (fired = true), 1);
    member.handler = async () => {
      if (!fired) handledBefore += 1;
      const until = performance.now() + 5;
      while (performance.now() < until);
    };
    await member.deliver(new FakeBatch([...Array(20).keys()]));
    expect(handledBefore).to.be.lessThan(10);
  });
});

describe('Engine: any messages', () => {
  it('N3: keeps the order of keys and commits only what is done, whatever the keys, durations and failures', async () => {
    const message = fc.record({
      key: fc.constantFrom('a', 'b', 'c', null),
      /** Milliseconds of each attempt; all but the last fail. */
      attempts: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 3 }),
    });
    const order = fc.constantFrom('key', 'partition', 'none' as const);
    const concurrency = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 30 }),
        order,
        concurrency,
        async (plan, kept, limit) => {
          const run = new SessionHarness();
          try {
            await run.start(
              { order: kept, retry: { maxAttempts: 4, initialDelayMs: 5, maxDelayMs: 5 } },
              { concurrency: limit, commitIntervalMs: 1 },
            );
            const active = new Set<string>();
            const done: number[] = [];
            run.handler = async ({ offset, key }, { attempt }) => {
              const lane = kept === 'partition' ? 'all' : kept === 'key' && key ? String(key) : offset;
              expect(active.has(lane), `two messages of ${lane} at once`).to.equal(false);
              active.add(lane);
              const { attempts = [] } = plan[Number(offset)] ?? {};
              await nap(attempts[attempt - 1] ?? 0);
              active.delete(lane);
              if (attempt < attempts.length) throw new Error('not yet');
              done.push(Number(offset));
            };
            void run.deliver(keyed(plan.map(({ key }) => key)));
            while (done.length < plan.length) {
              await run.clock.tickAsync(1);
              const committed = Number(run.consumer.committed('t', 0) ?? 0n);
              for (let offset = 0; offset < committed; offset += 1) expect(done).to.include(offset);
            }
            await run.clock.tickAsync(5);
            expect(run.consumer.committed('t', 0)).to.equal(BigInt(plan.length));
            for (const key of ['a', 'b', 'c', null]) {
              if (kept === 'none' || (kept === 'key' && key === null)) continue;
              const ofLane = done.filter((offset) => kept === 'partition' || plan[offset]?.key === key);
              expect(ofLane).to.deep.equal([...ofLane].sort((x, y) => x - y));
            }
          } finally {
            await run.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
