import { expect } from 'chai';
import sinon from 'sinon';
import { Assignment } from '../../../../pkg/kafka/consumer/assignment.js';
import { Committer } from '../../../../pkg/kafka/consumer/committer.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import { deferred, FakeBatch } from './fakes.js';
import { SessionHarness } from './session_harness.js';

const FIRST = { topic: 't', partition: 0 };
const never = () => new Promise<void>(() => undefined);

describe('GroupSession: commits', () => {
  let member: SessionHarness;
  beforeEach(() => {
    member = new SessionHarness();
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

  it('a commit without an answer holds up the next one for a few seconds only', async () => {
    await member.start();
    member.consumer.commitAnswer = never();
    await member.deliver(new FakeBatch([0]));
    await member.clock.tickAsync(200);
    await member.deliver(new FakeBatch([1]));
    await member.clock.tickAsync(4_000);
    expect(member.consumer.committed('t', 0)).to.equal(1n);
    member.consumer.commitAnswer = undefined;
    await member.clock.tickAsync(1_500);
    expect(member.consumer.committed('t', 0)).to.equal(2n);
  });

  it('... and the last one not at all, nor a rebalance', async () => {
    await member.start();
    member.consumer.commitAnswer = never();
    await member.deliver(new FakeBatch([0]));
    await member.clock.tickAsync(200);
    await member.deliver(new FakeBatch([1]));
    member.consumer.commitAnswer = undefined;
    const rejoining = member.consumer.listener.onRejoining();
    await member.settle();
    await rejoining;
    expect(member.consumer.committed('t', 0)).to.equal(2n);
  });

  it('a commit that is answered after a later one is made anew, since it may have undone that', async () => {
    await member.start();
    const late = deferred();
    member.consumer.commitAnswer = late.promise;
    await member.deliver(new FakeBatch([0]));
    await member.clock.tickAsync(200);
    member.consumer.commitAnswer = undefined;
    await member.deliver(new FakeBatch([1]));
    await member.clock.tickAsync(6_000);
    const before = member.consumer.commits.length;
    late.resolve();
    await member.clock.tickAsync(200);
    expect(member.consumer.commits.slice(before).map(([position]) => position?.offset)).to.deep.equal([2n]);
  });

  it('commits after so many messages without waiting for the timer', async () => {
    await member.start({}, { commitIntervalMs: 60_000, commitAfterMessages: 3 });
    await member.deliver(new FakeBatch([0, 1]));
    expect(member.consumer.commits).to.deep.equal([]);
    await member.deliver(new FakeBatch([2, 3]));
    await member.settle();
    expect(member.consumer.committed('t', 0)).to.be.oneOf([3n, 4n]);
  });

  it('all that are asked for while one is under way are one', async () => {
    const answer = deferred();
    let commits = 0;
    const assignment = new Assignment([], () => undefined);
    sinon.stub(assignment, 'dirty').returns([{ ...FIRST, offset: 1n }]);
    const committer = new Committer({
      groupId: 'g',
      intervalMs: 100,
      afterMessages: 1,
      logger: silentLogger,
      current: () => assignment,
      commit: () => {
        commits += 1;
        return answer.promise;
      },
      onCommitted: () => undefined,
      onMembershipLost: () => undefined,
    });
    const asked = Array.from({ length: 1_000 }, () => committer.commit());
    answer.resolve();
    await Promise.all(asked);
    expect(commits).to.equal(2);
  });
});
