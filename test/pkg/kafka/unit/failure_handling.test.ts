import { expect } from 'chai';
import { DeadLetterTooLarge, InfrastructureError, NonRetryableError } from '../../../../pkg/kafka/index.js';
import { DeadLetters } from '../../../../pkg/kafka/failures/dead_letters.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import { deferred, FakeBatch, FakeDriver } from './fakes.js';
import { keyed, SessionHarness } from './session_harness.js';

const FIRST = { topic: 't', partition: 0 };

describe('FailureHandling: retry', () => {
  let member: SessionHarness;
  const calls: [string, number][] = [];

  beforeEach(() => {
    calls.length = 0;
    member = new SessionHarness();
  });
  afterEach(() => member.close());

  /** Notes each call with its time, then does what `act` says. */
  function handle(act: (offset: string, attempt: number) => unknown): void {
    member.handler = async ({ offset }, { attempt }) => {
      calls.push([`${offset}#${attempt}`, performance.now()]);
      const thrown = act(offset, attempt);
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- handlers may throw anything
      if (thrown !== undefined) throw thrown;
    };
  }

  it('R1: 6 attempts, 200 ms doubling up to 5 s, until one succeeds', async () => {
    await member.start();
    handle((_offset, attempt) => (attempt < 6 ? new Error('not yet') : undefined));
    void member.deliver(new FakeBatch([0]));
    await member.clock.tickAsync(20_000);
    expect(calls).to.deep.equal([
      ['0#1', 0],
      ['0#2', 200],
      ['0#3', 600],
      ['0#4', 1_400],
      ['0#5', 3_000],
      ['0#6', 6_200],
    ]);
    expect(member.setAside).to.deep.equal([]);
    expect(member.eventsOf('retried').map(({ delayMs }) => delayMs)).to.deep.equal([
      200, 400, 800, 1_600, 3_200,
    ]);
    expect(member.consumer.committed('t', 0)).to.equal(1n);
  });

  it('the log tells which piece of work a failed message belongs to', async () => {
    await member.start();
    handle((_offset, attempt) => (attempt === 1 ? new Error('once') : undefined));
    const batch = new FakeBatch([0]);
    const [record] = batch.records;
    if (record !== undefined) record.headers['correlation-id'] = Buffer.from('req-1');
    void member.deliver(batch);
    await member.clock.tickAsync(1_000);
    expect(member.warnings.filter(({ correlationId }) => correlationId === 'req-1')).to.have.length(1);
  });

  it('only the lane of a failed message waits', async () => {
    await member.start();
    handle((offset, attempt) => (offset === '0' && attempt === 1 ? new Error('once') : undefined));
    void member.deliver(keyed(['a', 'b', 'a', 'b']));
    await member.clock.tickAsync(1_000);
    expect(calls.map(([call]) => call)).to.deep.equal(['0#1', '1#1', '3#1', '0#2', '2#1']);
    expect(member.consumer.paused.size).to.equal(0);
  });

  it('R2, O4: after the last attempt the message is set aside, and counts only when that is acknowledged', async () => {
    await member.start();
    const acknowledged = deferred<boolean>();
    member.write = () => acknowledged.promise;
    handle((offset) => (offset === '0' ? new Error('always') : undefined));
    void member.deliver(keyed(['a', 'a']));
    await member.clock.tickAsync(20_000);
    expect(calls).to.have.length(6);
    const [letter] = member.setAside;
    expect(letter?.topic).to.equal('t.g-dlt');
    expect(letter?.message).to.deep.include({ source: FIRST, groupId: 'g', attempts: 6, replayed: false });
    expect(member.consumer.committed('t', 0) ?? 0n).to.equal(0n);
    acknowledged.resolve(true);
    await member.clock.tickAsync(1_000);
    expect(calls.at(-1)?.[0], 'its lane goes on').to.equal('1#1');
    expect(member.consumer.committed('t', 0)).to.equal(2n);
    expect(member.eventsOf('dead-lettered')).to.have.length(1);
    expect(member.eventsOf('dead-lettered')[0]).to.include({ target: 't.g-dlt', attempts: 6, offset: '0' });
  });

  it('R3: a NonRetryableError is set aside at once', async () => {
    await member.start();
    handle(() => new NonRetryableError('makes no sense'));
    await member.deliver(new FakeBatch([0]));
    expect(calls).to.have.length(1);
    expect(member.setAside.map(({ message }) => message.attempts)).to.deep.equal([1]);
  });

  it('R4: while a dead letter cannot be written its partition waits, and the status says why', async () => {
    await member.start();
    const written = deferred<boolean>();
    member.write = ({ onFailure }) => {
      onFailure(new Error('no brokers'), 1_000);
      return written.promise;
    };
    handle((offset) => (offset === '0' ? new NonRetryableError('bad') : undefined));
    void member.deliver(keyed(['a', 'b']));
    await member.settle();
    await member.deliver(new FakeBatch([5], 1));
    expect([...member.consumer.paused]).to.deep.equal(['t/0']);
    expect([...(member.session.assignment?.works ?? [])][0]?.deadLetterError?.message).to.equal('no brokers');
    written.resolve(true);
    await member.clock.tickAsync(1_000);
    expect([...member.consumer.paused]).to.deep.equal([]);
    expect([...(member.session.assignment?.works ?? [])][0]?.deadLetterError).to.equal(undefined);
    expect(member.consumer.committed('t', 0)).to.equal(2n);
  });

  it('says once a minute which message of a partition cannot be set aside, and why, in one line', async () => {
    await member.start();
    member.write = ({ onFailure }) => {
      onFailure(new Error('no brokers'), 1_000);
      onFailure(new Error('no brokers'), 2_000);
      setTimeout(() => {
        onFailure(new Error('no right'), 4_000);
      }, 60_000);
      return new Promise(() => undefined);
    };
    handle(() => new NonRetryableError('bad'));
    void member.deliver(new FakeBatch([7]));
    await member.clock.tickAsync(59_999);
    const where = { ...FIRST, offset: '7', failure: 'bad', target: 't.g-dlt' };
    expect(member.errors).to.have.length(1);
    expect(member.errors[0]).to.deep.include({ ...where, error: 'no brokers' });
    await member.clock.tickAsync(1);
    expect(member.errors).to.have.length(2);
    expect(member.errors[1]).to.deep.include({ ...where, error: 'no right' });
  });

  it('a dead letter that was given up with its partition is not counted', async () => {
    await member.start();
    member.write = ({ signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve(false);
        });
      });
    handle(() => new NonRetryableError('bad'));
    void member.deliver(new FakeBatch([0]));
    await member.rebalance([FIRST]);
    await member.clock.tickAsync(1_000);
    expect(member.consumer.committed('t', 0) ?? 0n).to.equal(0n);
    expect(member.eventsOf('dead-lettered')).to.deep.equal([]);
  });

  it("onExhausted 'block': the partition stops at the message, says so, and commits nothing past it", async () => {
    await member.start({ onExhausted: 'block', retry: { maxAttempts: 2 } });
    handle((offset) => (offset === '1' ? new Error('always') : undefined));
    void member.deliver(keyed(['a', 'b', 'b', 'a']));
    await member.clock.tickAsync(5_000);
    expect(calls.map(([call]) => call)).to.deep.equal(['0#1', '1#1', '3#1', '1#2']);
    expect(member.consumer.committed('t', 0)).to.equal(1n);
    const [event] = member.eventsOf('stopped');
    expect(event?.partition).to.include({ ...FIRST, offset: '1', key: 'b', attempts: 2, cause: 'always' });
    expect(member.session.assignment?.stopped()).to.deep.equal([event?.partition]);
    expect(member.setAside).to.deep.equal([]);
    const late = new FakeBatch([4]);
    await member.deliver(late);
    expect(late.resolved, 'what was fetched before is not begun').to.equal(false);
    await member.rebalance([FIRST]);
    expect([...member.consumer.paused], 'nor after a rebalance that leaves it here').to.deep.equal(['t/0']);
    expect(member.session.assignment?.stopped()).to.deep.equal([event?.partition]);
  });

  it('a handler may throw what has no text: the message is set aside like others', async () => {
    await member.start({ retry: { maxAttempts: 1 } });
    handle(() => Object.create(null) as unknown);
    void member.deliver(new FakeBatch([0]));
    await member.clock.tickAsync(1_000);
    const [letter] = member.setAside;
    expect(letter?.headers('full')).to.include.keys('kafka_dlt-exception-fqcn');
    expect(member.consumer.committed('t', 0)).to.equal(1n);
  });

  it('headers that cannot be made stop the partition, instead of being tried for ever', async () => {
    const letters = new DeadLetters(new FakeDriver(), silentLogger);
    await member.start();
    member.write = (letter) =>
      letters.write({
        ...letter,
        headers: () => {
          throw new Error('a bug');
        },
      });
    handle(() => new NonRetryableError('bad'));
    void member.deliver(new FakeBatch([0]));
    await member.clock.tickAsync(1_000);
    expect(member.session.assignment?.stopped()[0]?.cause).to.equal('a bug');
  });

  it('a message that can never be set aside stops its partition, which says why', async () => {
    await member.start();
    member.write = () => Promise.reject(new DeadLetterTooLarge('t.g-dlt', 3_000_000));
    handle((offset) => (offset === '1' ? new NonRetryableError('bad') : undefined));
    void member.deliver(keyed(['a', 'b', 'b']));
    await member.clock.tickAsync(1_000);
    expect(member.session.assignment?.stopped()[0]).to.include({ ...FIRST, offset: '1' });
    expect(member.session.assignment?.stopped()[0]?.cause).to.contain('max.message.bytes');
    expect(member.consumer.committed('t', 0)).to.equal(1n);
    expect(member.eventsOf('stopped')).to.have.length(1);
  });

  it('a classifier of its own decides, and one that throws does no harm', async () => {
    await member.start({
      retry: { initialDelayMs: 10 },
      classify: (thrown) => {
        if (thrown === 'fatal') return 'fatal';
        throw new Error('a bug');
      },
    });
    handle((offset, attempt) => (offset === '0' ? 'fatal' : attempt === 1 ? 'strange' : undefined));
    void member.deliver(new FakeBatch([0, 1]));
    await member.clock.tickAsync(1_000);
    expect(member.setAside.map(({ message }) => message.record.offset)).to.deep.equal(['0']);
    expect(calls.map(([call]) => call)).to.deep.equal(['0#1', '1#1', '1#2']);
  });

  describe('when something that the handler needs is down', () => {
    const down = new InfrastructureError('the database is down');

    it('K15: the partition waits longer and longer up to 30 s, tries one message, and sets none aside', async () => {
      await member.start({ infrastructureBackoff: { initialMs: 1_000 } });
      let up = false;
      handle(() => (up ? undefined : down));
      void member.deliver(keyed(['a', 'b', 'c', 'a']));
      await member.clock.tickAsync(150_000);
      const first = calls.slice(0, 3).map(([call]) => call);
      expect(first).to.deep.equal(['0#1', '1#1', '2#1']);
      const gaps = calls.slice(3).map(([, at], i) => at - (calls[i + 2]?.[1] ?? 0));
      expect(gaps.length).to.be.within(6, 10);
      for (const [i, gap] of gaps.entries()) {
        const expected = Math.min(1_000 * 2 ** i, 30_000);
        expect(gap).to.be.within(expected * 0.79, expected * 1.21);
        expect(gap).to.be.at.most(30_000);
      }
      expect([...member.consumer.paused]).to.deep.equal(['t/0']);
      expect(member.setAside).to.deep.equal([]);
      up = true;
      await member.clock.tickAsync(40_000);
      expect(member.consumer.committed('t', 0)).to.equal(4n);
      expect([...member.consumer.paused]).to.deep.equal([]);
      expect(member.eventsOf('paused').map(({ reason }) => reason)).to.deep.equal(['infrastructure']);
      expect(member.eventsOf('resumed').map(({ reason }) => reason)).to.deep.equal(['infrastructure']);
    });

    it('another partition goes on', async () => {
      await member.start();
      member.handler = async ({ partition, offset }) => {
        calls.push([`${partition}/${offset}`, performance.now()]);
        if (partition === 0) throw down;
      };
      void member.deliver(new FakeBatch([0]));
      await member.deliver(new FakeBatch([0, 1], 1));
      expect(calls.map(([call]) => call)).to.deep.equal(['0/0', '1/0', '1/1']);
    });

    it('these failures do not count as attempts, and an ordinary failure ends the wait', async () => {
      await member.start({ retry: { maxAttempts: 2, initialDelayMs: 10 } });
      handle((offset, attempt) => {
        if (offset === '1') return undefined;
        return attempt <= 4 ? down : new Error('its own fault');
      });
      void member.deliver(keyed(['a', 'b']));
      await member.clock.tickAsync(60_000);
      expect(calls.filter(([call]) => call.startsWith('0'))).to.have.length(6);
      expect(member.setAside.map(({ message }) => message.attempts)).to.deep.equal([6]);
      expect(member.consumer.committed('t', 0)).to.equal(2n);
    });
  });
});
