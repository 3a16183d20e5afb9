import { expect } from 'chai';
import type { SinonFakeTimers } from 'sinon';
import { FloodGuard, withFloodDefaults } from '../../../../pkg/kafka/failures/flood_guard.js';
import { NonRetryableError } from '../../../../pkg/kafka/index.js';
import { SessionHarness } from './session_harness.js';
import { FakeBatch } from './fakes.js';
import { virtualClock } from '../../../support/virtual_clock.js';

describe('FloodGuard', () => {
  let clock: SinonFakeTimers;
  let guard: FloodGuard;
  beforeEach(() => {
    clock = virtualClock();
    guard = new FloodGuard(withFloodDefaults());
  });
  afterEach(() => {
    clock.restore();
  });

  const fail = (times: number) => Array.from({ length: times }, () => guard.failed());
  const handle = (times: number) => {
    for (let i = 0; i < times; i += 1) guard.handled();
  };

  it('lets 20 failed messages within 10 s through, and not the 21st', () => {
    handle(1_000);
    expect(fail(21).map(String)).to.deep.equal([...Array<string>(20).fill('false'), 'true']);
    expect(guard.tripped).to.equal(true);
  });

  it('forgets what is older than its window', () => {
    handle(1_000);
    fail(20);
    clock.tick(11_000);
    handle(1_000);
    expect(fail(20)).to.not.include(true);
  });

  it('trips when half of at least 10 messages failed', () => {
    handle(5);
    expect(fail(5)).to.deep.equal([false, false, false, false, true]);
  });

  it('does not judge by fewer than 10', () => {
    expect(fail(9)).to.not.include(true);
  });

  it('counts of the messages handled before its window only the part that lies in it', () => {
    handle(100);
    clock.tick(100_000);
    expect(fail(10)).to.deep.equal([...Array<boolean>(9).fill(false), true]);
  });

  it('lets messages through again after its quiet time, or when it is reset, and tells both', () => {
    const changes: boolean[] = [];
    guard.onChange = (tripped) => changes.push(tripped);
    fail(10);
    clock.tick(59_000);
    expect(guard.tripped).to.equal(true);
    clock.tick(2_000);
    expect(guard.failed()).to.equal(false);
    fail(20);
    guard.reset();
    guard.reset();
    expect(guard.tripped).to.equal(false);
    expect(changes).to.deep.equal([true, false, true, false]);
  });

  it('forgets what was handled before it was reset, or before its quiet time was over', () => {
    for (const end of [
      () => {
        guard.reset();
      },
      () => clock.tick(60_000),
    ]) {
      fail(10);
      expect(guard.tripped).to.equal(true);
      handle(1_000);
      end();
      expect(fail(10).map(String)).to.deep.equal([...Array<string>(9).fill('false'), 'true']);
      guard.reset();
    }
  });

  it('can be switched off', () => {
    guard = new FloodGuard(undefined);
    expect(fail(1_000)).to.not.include(true);
  });
});

describe('FloodGuard in a consumer', () => {
  let member: SessionHarness;
  beforeEach(() => {
    member = new SessionHarness();
  });
  afterEach(() => member.close());

  it('K6: when every message is poison the consumer pauses, loses none, and goes on in portions', async () => {
    await member.start({}, { floodGuard: { quietMs: 30_000 } });
    member.handler = async () => {
      throw new NonRetryableError('poison');
    };
    void member.deliver(new FakeBatch([...Array(30).keys()]));
    await member.clock.tickAsync(1_000);
    const first = member.setAside.length;
    expect(first).to.be.within(5, 20);
    expect([...member.consumer.paused]).to.have.members(['t/0', 't/1']);
    expect(member.flood.tripped).to.equal(true);
    expect(member.consumer.committed('t', 0)).to.equal(BigInt(first));
    await member.clock.tickAsync(30_000);
    expect(member.setAside.length).to.be.greaterThan(first);
    await member.clock.tickAsync(200_000);
    expect(
      member.setAside.map(({ message }) => Number(message.record.offset)).sort((a, b) => a - b),
    ).to.deep.equal([...Array(30).keys()]);
    expect(member.consumer.committed('t', 0)).to.equal(30n);
    expect([...member.consumer.paused]).to.deep.equal([]);
  });

  for (const [where, poison] of [
    ['first', 0],
    ['in the middle', 50],
    ['last', 99],
  ] as const) {
    it(`K6: poison ${where} of its batch is set aside, and all others are handled`, async () => {
      const handled: string[] = [];
      await member.start();
      member.handler = async ({ offset }) => {
        if (Number(offset) === poison) throw new NonRetryableError('poison');
        handled.push(offset);
      };
      await member.deliver(new FakeBatch([...Array(100).keys()]));
      await member.clock.tickAsync(100);
      expect(handled).to.have.length(99);
      expect(member.setAside).to.have.length(1);
      expect(member.consumer.committed('t', 0)).to.equal(100n);
      expect(member.flood.tripped).to.equal(false);
    });
  }
});
