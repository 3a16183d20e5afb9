import { expect } from 'chai';
import { FakeBatch } from './fakes.js';
import { SessionHarness } from './session_harness.js';

const FIRST = { topic: 't', partition: 0 };

describe('GroupSession: commits', () => {
  let member: SessionHarness;

  beforeEach(() => {
    member = new SessionHarness();
    member.handler = async () => undefined;
  });
  afterEach(() => member.close());

  it('a failed commit is repeated with the next one', async () => {
    await member.start();
    member.consumer.commitError = new Error('coordinator moved');
    await member.deliver(new FakeBatch([0]));
    await member.clock.tickAsync(100);
    member.consumer.commitError = undefined;
    await member.clock.tickAsync(100);
    expect(member.consumer.committed('t', 0)).to.equal(1n);
  });

  it('after a failed commit the positions are committed again: a late one may have put them back', async () => {
    await member.start();
    await member.deliver(new FakeBatch([0, 1]));
    member.consumer.commitError = new Error('connection lost');
    await member.clock.tickAsync(100);
    member.consumer.commitError = undefined;
    await member.clock.tickAsync(100);
    const before = member.consumer.commits.length;
    await member.clock.tickAsync(60_000);
    const again = member.consumer.commits.slice(before);
    expect(again).to.have.length.within(6, 8);
    for (const positions of again) expect(positions).to.deep.equal([{ ...FIRST, offset: 2n }]);
  });

  it('commits after so many messages without waiting for the timer', async () => {
    await member.start({}, { commitIntervalMs: 60_000, commitAfterMessages: 3 });
    await member.deliver(new FakeBatch([0, 1]));
    expect(member.consumer.commits).to.deep.equal([]);
    await member.deliver(new FakeBatch([2, 3]));
    await member.settle();
    expect(member.consumer.committed('t', 0)).to.be.oneOf([3n, 4n]);
  });
});
