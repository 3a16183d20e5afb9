import { syncBuiltinESMExports } from 'node:module';
import timers, { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import sinon from 'sinon';
import { OutputClosed } from '../../../pkg/kafka_cli/index.js';
import { runOn } from './run_on.js';

const epipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
const fullDisk = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

describe('a command whose output takes no more', () => {
  const sandbox = sinon.createSandbox();
  let stop: AbortController;

  beforeEach(() => {
    stop = new AbortController();
  });
  afterEach(() => {
    sandbox.restore();
    syncBuiltinESMExports();
  });

  /** Runs it; the output closes when the brokers are asked for the topics. */
  function run(args: readonly string[], closed: Error) {
    const listTopics = async () => {
      stop.abort(new OutputClosed(closed));
      await setImmediate();
      return ['orders.billing-dlt'];
    };
    const admin = { listTopics, topicOffsets: async () => [], groupOffsets: async () => [] };
    return runOn({ admin }, args, { signal: stop.signal });
  }

  for (const args of [['list'], ['replay', '--all', '--dry-run']]) {
    it(`has done all that it was for when it only shows something: dead-letters ${args.join(' ')}`, async () => {
      const { code, stderr } = await run(['dead-letters', ...args], epipe);
      expect([code, stderr]).to.deep.equal([0, '']);
    });
  }

  it('has not done all, and says so, when it changes something', async () => {
    const { code, stderr } = await run(['dead-letters', 'replay', '--all'], epipe);
    expect([code, stderr]).to.deep.equal([
      1,
      'orders: nobody reads the output any more, so not all is done\n',
    ]);
  });

  for (const args of [
    ['topics', 'list'],
    ['dead-letters', 'list'],
    ['dead-letters', 'replay', '--all'],
  ]) {
    it(`has failed when the output cannot be written: ${args.join(' ')}`, async () => {
      const { code, stderr } = await run(args, fullDisk);
      expect([code, stderr]).to.deep.equal([
        1,
        'orders: the output cannot be written: ENOSPC: no space left on device, write\n',
      ]);
    });
  }

  it('has failed also when that shows only after the last line', async () => {
    const close = async () => {
      process.nextTick(() => {
        stop.abort(new OutputClosed(fullDisk));
      });
    };
    const tools = { admin: { listTopics: async () => ['a'] }, close };
    expect(await runOn(tools, ['topics', 'list'], { signal: stop.signal })).to.include({ code: 1 });
  });

  it('gets the time that it takes to end by itself', async () => {
    // However short the time is that an interrupted command gets.
    sandbox.stub(timers, 'setTimeout').resolves();
    syncBuiltinESMExports();
    expect(await run(['topics', 'list'], epipe)).to.include({ code: 0, stdout: 'orders.billing-dlt\n' });
  });
});
