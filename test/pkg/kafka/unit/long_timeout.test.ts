import { expect } from 'chai';
import type { SinonFakeTimers } from 'sinon';
import { longTimeout, MAX_TIMER_MS } from '../../../../pkg/kafka/long_timeout.js';
import { endUnder, virtualClock } from '../../../support/virtual_clock.js';
import { deferred, FakeBatch } from './fakes.js';
import { SessionHarness } from './session_harness.js';

describe('longTimeout', () => {
  let clock: SinonFakeTimers;
  let calls: number;
  const call = () => {
    calls += 1;
  };

  beforeEach(() => {
    clock = virtualClock();
    calls = 0;
  });
  afterEach(async () => {
    await endUnder(clock, 0, async () => undefined);
  });

  for (const ms of [0, 5, MAX_TIMER_MS, MAX_TIMER_MS + 1, 3 * MAX_TIMER_MS + 7]) {
    it(`calls once after ${ms} ms, and not before`, () => {
      longTimeout(call, ms);
      if (ms > 0) clock.tick(ms - 1);
      expect(calls).to.equal(0);
      clock.tick(2);
      clock.tick(2 * MAX_TIMER_MS);
      expect(calls).to.equal(1);
    });
  }

  it('never calls after Infinity, nor when it was called off', () => {
    longTimeout(call, Infinity);
    const callOff = longTimeout(call, 2 * MAX_TIMER_MS);
    clock.tick(MAX_TIMER_MS + 5);
    callOff();
    clock.tick(5 * MAX_TIMER_MS);
    expect(calls).to.equal(0);
    expect(clock.countTimers()).to.equal(0);
  });
});

describe('Handlers without a time limit', () => {
  let member: SessionHarness;
  beforeEach(() => {
    member = new SessionHarness();
  });
  afterEach(() => member.close());

  for (const handlerTimeoutMs of [Infinity, 2 ** 31]) {
    it(`${handlerTimeoutMs} ms: their partition waits for them after a rebalance`, async () => {
      await member.start({ handlerTimeoutMs });
      const gate = deferred();
      let calls = 0;
      member.handler = async () => {
        calls += 1;
        await gate.promise;
      };
      void member.deliver(new FakeBatch([0]));
      await member.clock.tickAsync(1_000);
      await member.rebalance([{ topic: 't', partition: 0 }]);
      await member.clock.tickAsync(10_000);
      const work = member.session.assignment?.get({ topic: 't', partition: 0 });
      expect([...(work?.holds ?? [])]).to.deep.equal(['leftover']);
      expect(calls).to.equal(1);
      gate.resolve();
      await member.clock.tickAsync(100);
      expect([...(work?.holds ?? [])]).to.deep.equal([]);
    });
  }
});
