import { expect } from 'chai';
import { DriverError } from '../../../../pkg/kafka/driver.js';
import { NonRetryableError } from '../../../../pkg/kafka/index.js';
import { deferred, FakeBatch } from './fakes.js';
import { SessionHarness } from './session_harness.js';

const FIRST = { topic: 't', partition: 0 };
const SECOND = { topic: 't', partition: 1 };
const never = () => new Promise<void>(() => undefined);

describe('GroupSession', () => {
  let member: SessionHarness;
  const seen: string[] = [];

  beforeEach(() => {
    seen.length = 0;
    member = new SessionHarness();
    member.handler = async ({ offset }) => {
      seen.push(offset);
    };
  });
  afterEach(() => member.close());

  it('O2: handles a batch and commits its end, control records included', async () => {
    await member.start();
    const batch = new FakeBatch([3, 4, 7], 0, 10);
    await member.deliver(batch);
    expect(seen).to.deep.equal(['3', '4', '7']);
    expect(batch.resolved).to.equal(true);
    await member.clock.tickAsync(100);
    expect(member.consumer.committed('t', 0)).to.equal(10n);
    member.consumer.listener.onSkipped({ ...FIRST, from: 10n, nextOffset: 12n });
    await member.clock.tickAsync(100);
    expect(member.consumer.committed('t', 0)).to.equal(12n);
  });

  it('O2: commits the end of what brought no record at all', async () => {
    await member.start();
    member.consumer.listener.onSkipped({ ...FIRST, from: 10n, nextOffset: 12n });
    await member.clock.tickAsync(100);
    expect(member.consumer.committed('t', 0)).to.equal(12n);
  });

  it('O3: a partition that stands still does not keep others from being committed', async () => {
    await member.start();
    member.handler = ({ partition }) => (partition === 0 ? never() : Promise.resolve());
    void member.deliver(new FakeBatch([0, 1]));
    await member.deliver(new FakeBatch([0, 1], 1));
    await member.clock.tickAsync(100);
    expect(member.consumer.committed('t', 1)).to.equal(2n);
    expect(member.consumer.committed('t', 0) ?? 0n).to.equal(0n);
  });

  it('O5: stop lets running handlers end, begins no further, commits and leaves', async () => {
    await member.start({ order: 'partition' }, { commitIntervalMs: 60_000 });
    const gate = deferred();
    member.handler = async ({ offset }) => {
      seen.push(offset);
      await gate.promise;
    };
    void member.deliver(new FakeBatch([0, 1]));
    await member.settle();
    const stopping = member.session.stop();
    gate.resolve();
    await member.settle();
    await stopping;
    expect(seen).to.deep.equal(['0']);
    expect(member.consumer.committed('t', 0)).to.equal(1n);
    expect(member.consumer.stopped).to.equal(true);
    await member.deliver(new FakeBatch([1]));
    expect(seen, 'a late batch is not begun').to.deep.equal(['0']);
  });

  for (const [what, end] of [
    ['stop', () => member.session.stop()],
    ['a rebalance', () => member.consumer.listener.onRejoining()],
  ] as const) {
    it(`${what} waits for a dead letter whose message fails meanwhile, and commits it`, async () => {
      await member.start({}, { commitIntervalMs: 60_000 });
      const [gate, stored] = [deferred(), deferred<boolean>()];
      member.write = () => stored.promise;
      member.handler = async () => {
        await gate.promise;
        throw new NonRetryableError('bad');
      };
      void member.deliver(new FakeBatch([0]));
      await member.settle();
      const ending = end();
      gate.resolve();
      await member.settle();
      stored.resolve(true);
      await member.settle();
      await ending;
      expect(member.consumer.committed('t', 0)).to.equal(1n);
    });
  }

  it('O7, N4: what ends after the partition was taken away is not committed', async () => {
    await member.start();
    const gate = deferred();
    let signal: AbortSignal | undefined;
    member.handler = async (_message, context) => {
      ({ signal } = context);
      await gate.promise;
    };
    void member.deliver(new FakeBatch([0]));
    await member.settle();
    member.consumer.listener.onRevoked();
    expect(signal?.aborted).to.equal(true);
    member.consumer.listener.onAssigned([SECOND]);
    gate.resolve();
    await member.clock.tickAsync(1_000);
    expect(member.consumer.commits).to.deep.equal([]);
  });

  it('a batch that has nothing to do with the assignment is left alone', async () => {
    await member.start();
    const foreign = new FakeBatch([0], 9);
    await member.deliver(foreign);
    expect([seen, foreign.resolved]).to.deep.equal([[], false]);
  });

  it('heartbeats go on while work is carried on', async () => {
    await member.start({}, { heartbeatIntervalMs: 3_000 });
    member.handler = never;
    const batch = new FakeBatch([0]);
    void member.deliver(batch);
    await member.clock.tickAsync(30_000);
    expect(batch.heartbeats).to.be.greaterThan(9);
  });

  it('a rebalance waits for handlers that end soon, and commits them under the old assignment', async () => {
    await member.start({ order: 'partition' }, { commitIntervalMs: 60_000 });
    const gate = deferred();
    member.handler = async ({ offset }) => {
      seen.push(offset);
      if (offset === '1') await gate.promise;
    };
    void member.deliver(new FakeBatch([0, 1, 2]));
    await member.settle();
    let joined = false;
    const rejoining = member.consumer.listener.onRejoining().then(() => (joined = true));
    await member.clock.tickAsync(500);
    expect(joined, 'joining waits').to.equal(false);
    gate.resolve();
    await member.settle();
    await rejoining;
    expect(seen, 'nothing more is begun').to.deep.equal(['0', '1']);
    expect(member.consumer.committed('t', 0)).to.equal(2n);
    const late = new FakeBatch([5], 1);
    await member.deliver(late);
    expect(late.resolved, 'nor any other batch').to.equal(false);
  });

  it('a rebalance aborts handlers that do not end, and waits for those that ignore it only so long', async () => {
    await member.start({}, { drainTimeoutMs: 8_000 });
    const signals: AbortSignal[] = [];
    member.handler = (_message, { signal }) => {
      signals.push(signal);
      return never();
    };
    void member.deliver(new FakeBatch([0]));
    await member.settle();
    let joined = false;
    void member.consumer.listener.onRejoining().then(() => (joined = true));
    await member.clock.tickAsync(1_000);
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
    await member.clock.tickAsync(6_900);
    expect(joined).to.equal(false);
    await member.clock.tickAsync(200);
    expect(joined).to.equal(true);
  });

  it('when the membership is lost, handlers are aborted at once and nothing is committed', async () => {
    await member.start({}, { commitIntervalMs: 60_000 });
    let signal: AbortSignal | undefined;
    member.handler = async ({ offset }, context) => {
      if (offset === '0') return;
      ({ signal } = context);
      await never();
    };
    const batch = new FakeBatch([0, 1]);
    batch.heartbeatError = new DriverError('membership-lost', 'unknown member');
    void member.deliver(batch);
    await member.clock.tickAsync(1_100);
    expect(signal?.aborted).to.equal(true);
    const stopping = member.session.stop();
    await member.settle();
    await stopping;
    expect(member.consumer.commits).to.deep.equal([]);
  });

  it('24: stopping waits for handlers no longer than the drain time', async () => {
    await member.start({}, { drainTimeoutMs: 5_000 });
    member.handler = never;
    void member.deliver(new FakeBatch([0]));
    await member.settle();
    void member.session.stop();
    await member.clock.tickAsync(4_900);
    expect(member.consumer.stopped, 'handlers have their time').to.equal(false);
    await member.clock.tickAsync(200);
    expect(member.consumer.stopped).to.equal(true);
  });

  it('a client that does not notice the loss of its membership is given up', async () => {
    await member.start({}, { drainTimeoutMs: 5_000 });
    const batch = new FakeBatch([0]);
    batch.heartbeatError = new DriverError('membership-lost', 'unknown member');
    await member.deliver(batch);
    await member.clock.tickAsync(2_000);
    expect(member.crashes).to.deep.equal([]);
    await member.clock.tickAsync(10_000);
    expect(member.crashes).to.deep.equal([batch.heartbeatError]);
    expect(member.consumer.stopped).to.equal(true);
  });

  it('N4: a partition that comes back waits until its handlers of before have ended', async () => {
    await member.start();
    const gate = deferred();
    member.handler = async ({ offset }) => {
      seen.push(offset);
      if (seen.length === 1) await gate.promise;
    };
    void member.deliver(new FakeBatch([0]));
    await member.rebalance([FIRST, SECOND]);
    expect([...member.consumer.paused]).to.deep.equal(['t/0']);
    const again = new FakeBatch([0]);
    await member.deliver(again);
    expect(again.resolved).to.equal(false);
    gate.resolve();
    await member.settle();
    expect([...member.consumer.paused]).to.deep.equal([]);
    await member.deliver(new FakeBatch([0]));
    expect(seen).to.deep.equal(['0', '0']);
  });

  it('... or have used up their time', async () => {
    await member.start({ handlerTimeoutMs: 40_000 });
    member.handler = never;
    void member.deliver(new FakeBatch([0]));
    await member.rebalance([FIRST]);
    expect([...member.consumer.paused]).to.deep.equal(['t/0']);
    await member.clock.tickAsync(30_000);
    expect([...member.consumer.paused]).to.deep.equal([]);
  });

  it('G3, G4: pauses of an operator survive rebalances and a loss of the partition', async () => {
    await member.start();
    member.pauses.pause('t', 1);
    member.session.applyPauses();
    expect([...member.consumer.paused]).to.deep.equal(['t/1']);
    await member.rebalance([FIRST]);
    await member.rebalance([FIRST, SECOND]);
    expect([...member.consumer.paused]).to.deep.equal(['t/1']);
    member.pauses.resume('t', 1);
    member.session.applyPauses();
    expect([...member.consumer.paused]).to.deep.equal([]);
  });

  it('begins nothing of a paused partition, and goes on with it where it was', async () => {
    await member.start({ order: 'partition' });
    const gate = deferred();
    member.handler = async ({ offset }) => {
      seen.push(offset);
      if (offset === '0') await gate.promise;
    };
    void member.deliver(new FakeBatch([0, 1, 2]));
    await member.settle();
    member.pauses.pause('t');
    member.session.applyPauses();
    gate.resolve();
    await member.clock.tickAsync(5_000);
    expect(seen).to.deep.equal(['0']);
    member.pauses.resume('t');
    member.session.applyPauses();
    await member.settle();
    expect(seen).to.deep.equal(['0', '1', '2']);
  });

  it('is given up when no fetch is answered for twice the session timeout', async () => {
    await member.start({}, { sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 20_000 });
    await member.clock.tickAsync(60_000);
    member.fetching = false;
    await member.clock.tickAsync(19_000);
    expect(member.crashes).to.deep.equal([]);
    await member.clock.tickAsync(10_000);
    expect(member.crashes).to.have.length(1);
    expect(member.consumer.stopped).to.equal(true);
  });

  it('a long join, or a process that stood still, is no silence', async () => {
    await member.start({}, { sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 60_000 });
    member.fetching = false;
    member.consumer.listener.onRevoked();
    await member.clock.tickAsync(70_000);
    expect(member.crashes).to.deep.equal([]);
    member.consumer.listener.onAssigned([FIRST]);
    member.clock.jump(600_000);
    await member.settle();
    expect(member.crashes).to.deep.equal([]);
  });

  it('reports what it is given and what it commits', async () => {
    await member.start();
    await member.deliver(new FakeBatch([0]));
    await member.clock.tickAsync(100);
    expect(member.eventsOf('rebalanced').map(({ assigned }) => assigned)).to.deep.equal([[FIRST, SECOND]]);
    expect(member.eventsOf('committed').map(({ positions }) => positions)).to.deep.equal([
      [{ ...FIRST, offset: 1n }],
    ]);
    expect(member.eventsOf('handled')).to.have.length(1);
    expect(member.eventsOf('handled')[0]).to.include({ groupId: 'g', offset: '0', attempt: 1 });
  });
});
