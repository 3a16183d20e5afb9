import { expect } from 'chai';
import sinon from 'sinon';
import { type Component, Lifecycle } from '../../../pkg/program/lifecycle.js';
import { rejection } from '../../support/caught.js';

describe('the life cycle of a program', () => {
  // Of their own, since a restore of sinon's default sandbox elsewhere would forget these.
  const sandbox = sinon.createSandbox();
  const logger = { debug: sandbox.stub(), info: sandbox.stub(), warn: sandbox.stub(), error: sandbox.stub() };
  let log: string[];

  beforeEach(() => {
    sandbox.reset();
    log = [];
  });

  const part = (name: string, override: Partial<Component> = {}): Component => ({
    name,
    start: async () => void log.push(`start ${name}`),
    stop: async () => void log.push(`stop ${name}`),
    ...override,
  });
  const lifecycleOf = (...components: Component[]) =>
    new Lifecycle({ components, stopTimeoutMs: 1000, logger });

  it('starts in order and stops in reverse', async () => {
    const lifecycle = lifecycleOf(part('broker'), part('kafka'), part('http'));
    await lifecycle.start();
    expect(await lifecycle.stop()).to.equal(true);
    expect(log).to.deep.equal([
      'start broker',
      'start kafka',
      'start http',
      'stop http',
      'stop kafka',
      'stop broker',
    ]);
  });

  it('is running only between the last start and the first stop', async () => {
    const seen: boolean[] = [];
    const lifecycle: Lifecycle = lifecycleOf(
      part('a', {
        start: async () => void seen.push(lifecycle.running),
        stop: async () => void seen.push(lifecycle.running),
      }),
    );
    await lifecycle.start();
    expect(lifecycle.running).to.equal(true);
    await lifecycle.stop();
    expect(seen).to.deep.equal([false, false]);
  });

  it('stops what it started when a start fails, and passes the error on', async () => {
    const failure = new Error('no broker');
    const lifecycle = lifecycleOf(part('a'), part('b', { start: () => Promise.reject(failure) }), part('c'));
    expect(await rejection(lifecycle.start(), Error)).to.equal(failure);
    expect(log).to.deep.equal(['start a', 'stop b', 'stop a']);
  });

  it('stops each part once however often it is asked', async () => {
    const lifecycle = lifecycleOf(part('a'));
    await lifecycle.start();
    await Promise.all([lifecycle.stop(), lifecycle.stop(), lifecycle.stop()]);
    expect(log).to.deep.equal(['start a', 'stop a']);
  });

  it('starts nothing more once a stop was asked for', async () => {
    const lifecycle: Lifecycle = lifecycleOf(
      part('a', { start: async () => void lifecycle.stop() }),
      part('b'),
    );
    await lifecycle.start();
    expect(log).not.to.include('start b');
    expect(lifecycle.running).to.equal(false);
  });

  it('does not call a start a failure that a stop cut short', async () => {
    const lifecycle: Lifecycle = lifecycleOf(
      part('a', {
        start: async () => {
          void lifecycle.stop();
          throw new Error('closed while connecting');
        },
      }),
    );
    await lifecycle.start();
    expect(lifecycle.running).to.equal(false);
  });

  it('goes on stopping past a part that fails to, and says that the stop was not clean', async () => {
    const lifecycle = lifecycleOf(part('a'), part('b', { stop: () => Promise.reject(new Error('stuck')) }));
    await lifecycle.start();
    expect(await lifecycle.stop()).to.equal(false);
    expect(log).to.include('stop a');
    sinon.assert.calledOnceWithMatch(logger.error, 'b did not stop');
  });

  it('gives up a part that does not stop within the time allowed, and names it', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const hangs = part('b', { stop: () => new Promise(() => undefined) });
      const lifecycle = lifecycleOf(part('a'), hangs, part('c'));
      await lifecycle.start();
      const stopped = lifecycle.stop();
      await clock.tickAsync(1000);
      expect(await stopped).to.equal(false);
      sinon.assert.calledOnceWithMatch(logger.error, 'b has not stopped after 1000 ms');
    } finally {
      clock.restore();
    }
  });
});
