import { expect } from 'chai';
import { type MemberIdentity } from '../../../../pkg/devbroker/group/types.js';
import { FORMING_MS, GROUP, Harness, INITIAL_DELAY_MS } from './harness.js';

describe('group coordinator: leave', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });

  function leave(...members: MemberIdentity[]): number[] {
    const answer = h.coordinator.leaveGroup({ groupId: GROUP, members });
    expect(answer.errorCode).to.equal(0);
    expect(answer.members.map(({ memberId }) => memberId)).to.deep.equal(
      members.map(({ memberId }) => memberId),
    );
    return answer.members.map(({ errorCode }) => errorCode);
  }

  it('removes several members at once and rebalances the rest', async () => {
    const [leader, second, third] = await h.stable({}, {}, {});
    expect(leave(second!, third!)).to.deep.equal([0, 0]);
    expect(h.coordinator.heartbeat(leader!)).to.equal(27);
    expect(h.coordinator.heartbeat(second!)).to.equal(25);
    const rejoin = await h.join({ memberId: leader!.memberId });
    expect(rejoin.answer).to.include({ errorCode: 0, generationId: 2 });
  });

  it('answers for each member by itself', async () => {
    const [first, second] = await h.stable({}, { groupInstanceId: 'instance' });
    const answer = h.coordinator.leaveGroup({
      groupId: GROUP,
      members: [
        { memberId: 'ghost' },
        { memberId: '', groupInstanceId: 'other' },
        { memberId: '' },
        { memberId: first!.memberId, groupInstanceId: 'instance' },
        { memberId: second!.memberId, groupInstanceId: 'instance' },
        { memberId: second!.memberId },
      ],
    });
    expect(answer.members.map(({ errorCode }) => errorCode)).to.deep.equal([25, 25, 25, 82, 0, 25]);
    expect(answer.members[3]).to.include({ memberId: first!.memberId, groupInstanceId: 'instance' });
    expect(h.describe().members.map(({ memberId }) => memberId)).to.deep.equal([first!.memberId]);
  });

  it('answers for an unknown group and refuses an empty group id', () => {
    expect(leave({ memberId: 'a' }, { memberId: 'b' })).to.deep.equal([25, 25]);
    const answer = h.coordinator.leaveGroup({ groupId: '', members: [{ memberId: 'a' }] });
    expect(answer).to.deep.equal({ errorCode: 24, members: [] });
  });

  it('does not disturb the group when nobody left', async () => {
    await h.stable({});
    expect(leave({ memberId: 'ghost' })).to.deep.equal([25]);
    expect(h.describe().state).to.equal('Stable');
  });

  it('makes the group Empty at once when the last member leaves, without running timers', async () => {
    const members = await h.stable({}, {});
    leave(...members);
    expect(h.describe()).to.deep.include({ state: 'Empty', members: [] });
    expect(h.clock.size).to.equal(0);
  });

  it('removes a static member by its instance id alone', async () => {
    const [, member] = await h.stable({}, { groupInstanceId: 'instance' });
    expect(leave({ memberId: '', groupInstanceId: 'instance' })).to.deep.equal([0]);
    expect(h.coordinator.heartbeat(member!)).to.equal(25);
    expect(h.coordinator.heartbeat({ ...member!, memberId: 'other' })).to.equal(25);
    expect(h.describe().state).to.equal('PreparingRebalance');
  });

  it('takes back an id that has not joined yet without a rebalance', async () => {
    await h.stable({});
    const pending = await h.join({ requireKnownMemberId: true });
    expect(leave({ memberId: pending.answer!.memberId })).to.deep.equal([0]);
    expect(h.describe().state).to.equal('Stable');
    expect((await h.join({ memberId: pending.answer!.memberId })).answer).to.include({ errorCode: 25 });
  });

  it('ends the join phase when the one it waited for leaves', async () => {
    const [leader, follower] = await h.stable({}, {});
    const pending = await h.join({ requireKnownMemberId: true });
    const rejoin = await h.join({ memberId: leader!.memberId });
    leave(follower!);
    await h.clock.advance(0);
    expect(rejoin.answer).to.equal(undefined);
    leave({ memberId: pending.answer!.memberId });
    await h.clock.advance(0);
    expect(rejoin.answer).to.include({ errorCode: 0, generationId: 2 });

    const newcomer = await h.join();
    leave(leader!);
    await h.clock.advance(0);
    expect(newcomer.answer).to.include({ errorCode: 0, generationId: 3 });
  });

  it('does not shorten the first rebalance', async () => {
    const pending = await h.join({ requireKnownMemberId: true });
    const join = await h.join();
    leave({ memberId: pending.answer!.memberId });
    await h.clock.advance(INITIAL_DELAY_MS - 1);
    expect(join.answer).to.equal(undefined);
    await h.clock.advance(1);
    expect(join.answer).to.include({ errorCode: 0 });
  });

  it('leaves an empty generation behind when all leave during the first rebalance', async () => {
    const pending = await h.join({ requireKnownMemberId: true });
    const join = await h.join({ memberId: pending.answer!.memberId });
    leave({ memberId: pending.answer!.memberId });
    await h.clock.advance(FORMING_MS);
    expect(join.answer).to.include({ errorCode: 25 });
    expect(h.describe()).to.deep.include({ state: 'Empty', members: [] });
  });

  it('answers what the leaving member still waits for with UNKNOWN_MEMBER_ID', async () => {
    const [leader, follower] = await h.stable({}, {});
    const join = await h.join({ memberId: leader!.memberId });
    leave(leader!);
    expect((await h.sync(follower!)).answer).to.include({ errorCode: 27 });
    expect(join.answer).to.include({ errorCode: 25 });

    const rejoin = await h.join({ memberId: follower!.memberId });
    const newcomer = await h.join();
    await h.join({ memberId: follower!.memberId });
    expect(rejoin.answer).to.include({ generationId: 2, leader: follower!.memberId });
    const waiting = { ...follower!, generationId: 3, memberId: newcomer.answer!.memberId };
    const sync = await h.sync(waiting);
    leave(waiting);
    expect((await h.sync(follower!)).answer).to.include({ errorCode: 22 });
    expect(sync.answer).to.include({ errorCode: 25 });
  });

  it('passes the lead on when the leader leaves', async () => {
    const [leader, second, third] = await h.stable({}, {}, {});
    leave(leader!);
    await h.join({ memberId: third!.memberId });
    const rejoin = await h.join({ memberId: second!.memberId });
    expect(rejoin.answer).to.include({ errorCode: 0, leader: second!.memberId });
  });
});
