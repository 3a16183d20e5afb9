import { expect } from 'chai';
import { DriverError } from '../../../../pkg/kafka/driver.js';
import type { StoppedPartition } from '../../../../pkg/kafka/consumer/assignment.js';
import { GroupSession } from '../../../../pkg/kafka/consumer/group_session.js';
import { subscription, withDefaults, type GroupOptions } from '../../../../pkg/kafka/consumer/options.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import type { MessageHandler } from '../../../../pkg/kafka/index.js';
import { eventually } from '../../../support/eventually.js';
import { deferred, FakeBatch, FakeDriver, rejection, type FakeConsumer } from './fakes.js';

const RETRY = { maxAttempts: 2, initialDelayMs: 5, maxDelayMs: 5, jitter: 0 };
const ONE = [{ topic: 't', partition: 0 }];

describe('GroupSession', () => {
  let driver: FakeDriver;
  let session: GroupSession;
  let stopped: StoppedPartition[];
  let handler: MessageHandler;
  const seen: string[] = [];

  beforeEach(() => {
    driver = new FakeDriver();
    stopped = [];
    seen.length = 0;
    handler = async ({ value, attempt }) => {
      seen.push(`${String(value)}#${attempt}`);
    };
  });
  afterEach(() => session.stop());

  async function start(options: GroupOptions = {}): Promise<FakeConsumer> {
    const topic = subscription('t', (message, context) => handler(message, context), { retry: RETRY });
    session = new GroupSession({
      driver,
      groupId: 'g',
      subscriptions: new Map([['t', topic]]),
      options: withDefaults({ commitIntervalMs: 5, heartbeatIntervalMs: 15, drainTimeoutMs: 50, ...options }),
      logger: silentLogger,
      onPartitionStopped: (failure) => stopped.push(failure),
      onCrashed: () => undefined,
    });
    await session.start();
    return at(driver);
  }

  function at({ consumers: [consumer] }: FakeDriver): FakeConsumer {
    if (consumer === undefined) throw new Error('there is no consumer');
    return consumer;
  }

  it('handles a batch in order and commits its end, control records included', async () => {
    const consumer = await start();
    const batch = new FakeBatch([3, 4, 7], 0, 10);
    await consumer.listener.onBatch(batch);
    expect(seen).to.deep.equal(['v3#1', 'v4#1', 'v7#1']);
    expect(batch.resolved).to.deep.equal([7n]);
    await eventually(() => consumer.committed('t', 0) === 10n);
  });

  it('pauses a partition whose message failed, keeps its place, and tries it again when due', async () => {
    const consumer = await start();
    handler = async ({ value, attempt }) => {
      seen.push(`${String(value)}#${attempt}`);
      if (String(value) === 'v1' && attempt === 1) throw new Error('once');
    };
    const batch = new FakeBatch([0, 1, 2]);
    await consumer.listener.onBatch(batch);
    expect(batch.resolved).to.deep.equal([0n]);
    expect([...consumer.paused]).to.deep.equal(['t/0']);
    await eventually(() => consumer.committed('t', 0) === 1n);
    await eventually(() => consumer.paused.size === 0);
    await consumer.listener.onBatch(new FakeBatch([1, 2]));
    expect(seen).to.deep.equal(['v0#1', 'v1#1', 'v1#2', 'v2#1']);
    await eventually(() => consumer.committed('t', 0) === 3n);
  });

  it('stops a partition for good after the last attempt, and commits nothing past the message', async () => {
    const consumer = await start();
    handler = async () => {
      throw new Error('always');
    };
    await consumer.listener.onBatch(new FakeBatch([0, 1]));
    await eventually(() => consumer.paused.size === 0);
    await consumer.listener.onBatch(new FakeBatch([0, 1]));
    expect(stopped).to.have.length(1);
    expect(stopped[0]).to.include({
      topic: 't',
      partition: 0,
      offset: '0',
      key: 'k0',
      attempts: 2,
      cause: 'always',
    });
    expect(session.stopped).to.deep.equal(stopped);
    expect([...consumer.paused]).to.deep.equal(['t/0']);
    await consumer.listener.onBatch(new FakeBatch([0, 1]));
    expect(stopped, 'a batch that was fetched before is not begun').to.have.length(1);
    await session.stop();
    expect(consumer.committed('t', 0) ?? 0n).to.equal(0n);
  });

  it('a stopped partition stays stopped through a rebalance that leaves it here', async () => {
    const consumer = await start();
    handler = async () => {
      throw new Error('always');
    };
    await consumer.listener.onBatch(new FakeBatch([0]));
    await eventually(() => consumer.paused.size === 0);
    await consumer.listener.onBatch(new FakeBatch([0]));
    consumer.listener.onRebalancing();
    consumer.listener.onRevoked();
    consumer.listener.onAssigned(ONE);
    expect([...consumer.paused]).to.deep.equal(['t/0']);
    expect(session.stopped).to.deep.equal(stopped);

    consumer.listener.onRevoked();
    consumer.listener.onAssigned(ONE);
    expect([...consumer.paused], 'but not through the loss of the membership').to.deep.equal([]);
    expect(session.stopped).to.deep.equal([]);
  });

  it('O7: what ends after the partition was taken away is neither resolved nor committed', async () => {
    const consumer = await start();
    const gate = deferred();
    let signal: AbortSignal | undefined;
    handler = async (_message, context) => {
      ({ signal } = context);
      await gate.promise;
    };
    const batch = new FakeBatch([0]);
    const run = consumer.listener.onBatch(batch);
    await eventually(() => signal);
    consumer.listener.onRevoked();
    expect(signal?.aborted).to.equal(true);
    consumer.listener.onAssigned([{ topic: 't', partition: 1 }]);
    gate.resolve();
    await run;
    expect(batch.resolved).to.deep.equal([]);
    await session.stop();
    expect(consumer.commits).to.deep.equal([]);
  });

  it('a batch that has nothing to do with the assignment is left alone', async () => {
    const consumer = await start();
    const foreign = new FakeBatch([0], 9);
    await consumer.listener.onBatch(foreign);
    expect([seen, foreign.resolved]).to.deep.equal([[], []]);
  });

  it('sends heartbeats while a handler runs, and none after', async () => {
    const consumer = await start();
    const gate = deferred();
    handler = () => gate.promise;
    const batch = new FakeBatch([0]);
    const run = consumer.listener.onBatch(batch);
    await eventually(() => batch.heartbeats >= 3);
    gate.resolve();
    await run;
    const { heartbeats } = batch;
    await eventually(() => consumer.committed('t', 0) === 1n);
    expect(batch.heartbeats).to.equal(heartbeats);
  });

  it('on a rebalance it begins nothing more, commits what is finished, and gives the error back', async () => {
    const consumer = await start({ commitIntervalMs: 60_000 });
    const gate = deferred();
    const batch = new FakeBatch([0, 1, 2]);
    handler = async ({ offset }) => {
      seen.push(offset);
      if (offset !== '1') return;
      batch.heartbeatError = new DriverError('rebalancing', 'the group rebalances');
      await gate.promise;
    };
    const run = consumer.listener.onBatch(batch);
    const failed = rejection(run);
    await eventually(() => batch.heartbeats > 0);
    gate.resolve();
    expect(await failed).to.equal(batch.heartbeatError);
    expect(seen).to.deep.equal(['0', '1']);
    expect(consumer.committed('t', 0)).to.equal(2n);
    expect(await rejection(consumer.listener.onBatch(new FakeBatch([5], 1))), 'nor any other batch').to.equal(
      batch.heartbeatError,
    );
  });

  it('on a rebalance a handler that does not end is aborted after the drain time', async () => {
    const consumer = await start({ drainTimeoutMs: 20 });
    let signal: AbortSignal | undefined;
    const batch = new FakeBatch([0]);
    batch.heartbeatError = new DriverError('rebalancing', 'the group rebalances');
    handler = (_message, context) => {
      ({ signal } = context);
      return new Promise(() => undefined);
    };
    expect(await rejection(consumer.listener.onBatch(batch))).to.equal(batch.heartbeatError);
    expect(signal?.aborted).to.equal(true);
    expect(batch.resolved).to.deep.equal([]);
  });

  it('when the membership is lost a running handler is aborted at once and nothing is committed', async () => {
    const consumer = await start({ drainTimeoutMs: 60_000, commitIntervalMs: 60_000 });
    const batch = new FakeBatch([0]);
    batch.heartbeatError = new DriverError('membership-lost', 'unknown member');
    handler = () => new Promise(() => undefined);
    expect(await rejection(consumer.listener.onBatch(batch))).to.equal(batch.heartbeatError);
    await session.stop();
    expect(consumer.commits).to.deep.equal([]);
  });

  it('a failed commit is repeated with the next one', async () => {
    const consumer = await start();
    consumer.commitError = new Error('coordinator moved');
    await consumer.listener.onBatch(new FakeBatch([0]));
    consumer.commitError = undefined;
    await eventually(() => consumer.committed('t', 0) === 1n);
  });

  it('commits after so many messages without waiting for the timer', async () => {
    const consumer = await start({ commitIntervalMs: 60_000, commitAfterMessages: 3 });
    await consumer.listener.onBatch(new FakeBatch([0, 1]));
    expect(consumer.commits).to.deep.equal([]);
    await consumer.listener.onBatch(new FakeBatch([2, 3]));
    await eventually(() => consumer.commits.length === 1);
    expect(consumer.committed('t', 0)).to.be.oneOf([3n, 4n]);
  });

  it('stop lets the running handler end, begins no further, commits and leaves', async () => {
    const consumer = await start({ drainTimeoutMs: 60_000, commitIntervalMs: 60_000 });
    const gate = deferred();
    handler = async ({ offset }) => {
      seen.push(offset);
      await gate.promise;
    };
    const batch = new FakeBatch([0, 1]);
    const run = consumer.listener.onBatch(batch);
    await eventually(() => seen.length === 1);
    const stopping = session.stop();
    gate.resolve();
    await Promise.all([stopping, run]);
    expect(seen).to.deep.equal(['0']);
    expect(consumer.committed('t', 0)).to.equal(1n);
    expect(consumer.stopped).to.equal(true);
    await consumer.listener.onBatch(new FakeBatch([1]));
    expect(seen, 'a late batch is not begun').to.deep.equal(['0']);
  });

  it('hands back what is left of a batch of a slow handler, so that other partitions get their turn', async () => {
    const consumer = await start();
    handler = async ({ offset }) => {
      seen.push(offset);
      const until = performance.now() + 130;
      while (performance.now() < until);
    };
    const batch = new FakeBatch([0, 1, 2, 3, 4, 5]);
    await consumer.listener.onBatch(batch);
    expect(seen.length).to.be.within(1, 4);
    expect(batch.resolved).to.deep.equal([BigInt(seen.length - 1)]);
    expect(consumer.paused.size).to.equal(0);
  });

  it('begins anew when the log itself went back: the topic was made again', async () => {
    const consumer = await start();
    await consumer.listener.onBatch(new FakeBatch([100, 101]));
    await eventually(() => consumer.committed('t', 0) === 102n);
    await consumer.listener.onBatch(new FakeBatch([0, 1]));
    await eventually(() => consumer.committed('t', 0) === 2n);
    expect(seen).to.have.length(4);
  });
});
