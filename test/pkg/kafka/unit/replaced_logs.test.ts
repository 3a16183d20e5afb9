import { expect } from 'chai';
import { deferred, FakeBatch } from './fakes.js';
import { SessionHarness } from './session_harness.js';

describe('GroupSession: logs that are not what was read so far', () => {
  let member: SessionHarness;
  beforeEach(() => {
    member = new SessionHarness();
  });
  afterEach(() => member.close());

  it('O8: reads on where the log now begins when messages were deleted unread, and says so', async () => {
    await member.start();
    await member.deliver(new FakeBatch([0, 1]));
    await member.deliver(new FakeBatch([50, 51]));
    await member.clock.tickAsync(100);
    expect(member.consumer.committed('t', 0)).to.equal(52n);
    expect(member.errors).to.have.length(1);
    expect(member.errors[0]?.['message']).to.contain('deleted before they were read');
  });

  it('O8: begins anew when the log went back because the topic was made again, and says so', async () => {
    await member.start();
    const stuck = deferred();
    member.handler = ({ offset }) => (offset === '101' ? stuck.promise : Promise.resolve());
    void member.deliver(new FakeBatch([100, 101]));
    await member.clock.tickAsync(1_000);
    expect(member.consumer.committed('t', 0)).to.equal(101n);
    const anew = new FakeBatch([0, 1]);
    await member.deliver(anew);
    expect(member.errors[0]?.['message']).to.contain('went back');
    expect(anew.resolved, 'taken beside a handler of the former log').to.equal(false);
    stuck.resolve();
    await member.settle();
    expect([...member.consumer.paused]).to.deep.equal([]);
    await member.deliver(anew);
    await member.clock.tickAsync(100);
    expect(member.consumer.committed('t', 0)).to.equal(2n);
  });

  it('O8: what held a partition holds it when its log was made anew', async () => {
    await member.start();
    await member.deliver(new FakeBatch([100, 101]));
    // Fetched before the pause, and handed over after it.
    const anew = new FakeBatch([0, 1]);
    member.pauses.pause('t', 0);
    member.session.applyPauses();
    await member.deliver(anew);
    expect(anew.resolved).to.equal(false);
    expect([...member.consumer.paused]).to.deep.equal(['t/0']);
    member.pauses.resume('t', 0);
    member.session.applyPauses();
    expect([...member.consumer.paused]).to.deep.equal([]);
    await member.deliver(anew);
    await member.clock.tickAsync(100);
    expect(member.consumer.committed('t', 0)).to.equal(2n);
  });
});
