import { expect } from 'chai';
import sinon from 'sinon';
import { systemClock } from '../../../../pkg/devbroker/clock.js';
import { Timer } from '../../../../pkg/devbroker/group/timer.js';
import { VirtualClock } from './virtual_clock.js';

describe('clocks and timers', () => {
  it('follows the time of the process, also where a test fakes it', () => {
    const fake = sinon.useFakeTimers({ now: 1_000 });
    try {
      const fn = sinon.spy();
      systemClock.setTimeout(fn, 10);
      const cancelled = sinon.spy();
      systemClock.clearTimeout(systemClock.setTimeout(cancelled, 10));
      fake.tick(9);
      sinon.assert.notCalled(fn);
      fake.tick(1);
      sinon.assert.calledOnce(fn);
      sinon.assert.notCalled(cancelled);
      expect(systemClock.now()).to.equal(1_010);
    } finally {
      fake.restore();
    }
  });

  it('keeps no process alive', () => {
    const handle = systemClock.setTimeout(() => undefined, 60_000) as NodeJS.Timeout;
    expect(handle.hasRef()).to.equal(false);
    systemClock.clearTimeout(handle);
  });

  it('calls once for the last of several starts and never after a stop', async () => {
    const clock = new VirtualClock();
    const timer = new Timer();
    const calls: string[] = [];
    timer.start(clock, 10, () => calls.push('first'));
    timer.start(clock, 20, () => calls.push('second'));
    await clock.advance(100);
    expect(calls).to.deep.equal(['second']);
    timer.start(clock, 10, () => calls.push('third'));
    timer.stop();
    timer.stop();
    await clock.advance(100);
    expect(calls).to.deep.equal(['second']);
    expect(clock.size).to.equal(0);
  });

  it('can be started again by its own call', async () => {
    const clock = new VirtualClock();
    const timer = new Timer();
    const times: number[] = [];
    const again = (): void => {
      times.push(clock.now());
      if (times.length < 3) timer.start(clock, 10, again);
    };
    timer.start(clock, 10, again);
    await clock.advance(100);
    expect(times).to.deep.equal([10, 20, 30]);
  });
});
