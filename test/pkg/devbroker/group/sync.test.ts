import { expect } from 'chai';
import { GROUP, Harness, joinedAs, protocol, REBALANCE_MS } from './harness.js';

describe('group coordinator: sync', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });

  it('holds the followers until the leader has assigned and gives each its own assignment', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    const held = await h.sync(follower!);
    expect(held.answer).to.equal(undefined);
    const first = await h.sync(leader!, {
      assignments: [
        { memberId: follower!.memberId, assignment: Buffer.from('for the follower') },
        { memberId: leader!.memberId, assignment: Buffer.from('for the leader') },
      ],
    });
    expect(first.answer).to.deep.equal({
      errorCode: 0,
      protocolType: 'consumer',
      protocolName: 'range',
      assignment: Buffer.from('for the leader'),
    });
    expect(held.answer?.assignment.toString()).to.equal('for the follower');
    expect(h.describe().state).to.equal('Stable');
  });

  it('gives a member that the leader left out an empty assignment', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    const held = await h.sync(follower!);
    await h.sync(leader!, { assignments: [{ memberId: 'ghost', assignment: Buffer.from('lost') }] });
    expect(held.answer).to.include({ errorCode: 0 });
    expect(held.answer?.assignment).to.have.length(0);
  });

  it('ignores assignments that come from a follower', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    const claim = [{ memberId: follower!.memberId, assignment: Buffer.from('everything') }];
    const held = await h.sync(follower!, { assignments: claim });
    await h.sync(leader!, {
      assignments: [{ memberId: follower!.memberId, assignment: Buffer.from('half') }],
    });
    expect(held.answer?.assignment.toString()).to.equal('half');
  });

  it('answers a late follower of a Stable group at once', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    await h.sync(leader!, {
      assignments: [{ memberId: follower!.memberId, assignment: Buffer.from('mine') }],
    });
    expect((await h.sync(follower!)).answer?.assignment.toString()).to.equal('mine');
    expect((await h.sync(follower!)).answer?.assignment.toString()).to.equal('mine');
  });

  it('refuses what does not fit the group', async () => {
    expect((await h.sync({ groupId: GROUP, memberId: 'm', generationId: 1 })).answer).to.include({
      errorCode: 25,
    });
    const [leader] = await h.joinAll({});
    const cases: [string, object, number][] = [
      ['an empty group id', { groupId: '' }, 24],
      ['an unknown member', { memberId: 'ghost' }, 25],
      ['an unknown instance id', { groupInstanceId: 'ghost' }, 25],
      ['an older generation', { generationId: 0 }, 22],
      ['a newer generation', { generationId: 2 }, 22],
      ['another protocol type', { protocolType: 'connect' }, 23],
      ['another protocol', { protocolType: 'consumer', protocolName: 'sticky' }, 23],
    ];
    for (const [what, overrides, errorCode] of cases) {
      const { answer } = await h.sync({ ...leader!, ...overrides });
      expect(answer, what).to.include({ errorCode, protocolName: null });
      expect(answer?.assignment, what).to.have.length(0);
    }
    expect(h.describe().state).to.equal('CompletingRebalance');
    const right = await h.sync(leader!, { protocolType: 'consumer', protocolName: 'range' });
    expect(right.answer).to.include({ errorCode: 0 });
  });

  it('tells a member that syncs during a rebalance to join again', async () => {
    const [leader, follower] = await h.stable({}, {});
    await h.join({ memberId: leader!.memberId });
    expect((await h.sync(follower!)).answer).to.include({ errorCode: 27 });
  });

  it('answers a sync that is still held with REBALANCE_IN_PROGRESS when the member syncs again', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    const first = await h.sync(follower!);
    const second = await h.sync(follower!);
    expect(first.answer).to.include({ errorCode: 27 });
    await h.sync(leader!);
    expect(second.answer).to.include({ errorCode: 0 });
  });

  it('answers a sync that is still held with REBALANCE_IN_PROGRESS when the member joins again', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    const held = await h.sync(follower!);
    expect((await h.join({ memberId: follower!.memberId })).answer).to.include({
      errorCode: 0,
      generationId: 1,
    });
    expect(held.answer).to.include({ errorCode: 27 });
    const again = await h.sync(follower!);
    await h.sync(leader!);
    expect(again.answer).to.include({ errorCode: 0 });
  });

  it('throws out a leader that never assigns and has the others join again', async () => {
    const [leader, follower] = await h.joinAll({ sessionTimeoutMs: 2 * REBALANCE_MS }, {});
    const held = await h.sync(follower!);
    await h.clock.advance(REBALANCE_MS - 1);
    expect(held.answer).to.equal(undefined);
    await h.clock.advance(1);
    expect(held.answer).to.include({ errorCode: 27 });
    expect(h.coordinator.heartbeat(leader!)).to.equal(25);
    const rejoin = await h.join({ memberId: follower!.memberId });
    expect(rejoin.answer).to.include({ errorCode: 0, generationId: 2, leader: follower!.memberId });
  });

  it('throws out a follower that never asks for its assignment, although it sends heartbeats', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    await h.sync(leader!);
    await h.advanceAlive(REBALANCE_MS - 1, [leader!, follower!]);
    expect(h.describe().state).to.equal('Stable');
    await h.clock.advance(1);
    expect(h.describe().state).to.equal('PreparingRebalance');
    expect(h.coordinator.heartbeat(follower!)).to.equal(25);
    expect(h.coordinator.heartbeat(leader!)).to.equal(27);
  });

  it('expects another sync of a follower that joined again instead of waiting for its first', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    await h.sync(follower!);
    await h.join({ memberId: follower!.memberId });
    await h.sync(leader!);
    await h.advanceAlive(REBALANCE_MS, [leader!, follower!]);
    expect(h.coordinator.heartbeat(follower!)).to.equal(25);
  });

  it('does not wait for the sync of a member that left', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    h.coordinator.leaveGroup({ groupId: GROUP, members: [follower!] });
    const alone = joinedAs(await h.join({ memberId: leader!.memberId }));
    await h.syncAll([alone]);
    await h.advanceAlive(2 * REBALANCE_MS, [alone]);
    expect(h.coordinator.heartbeat(alone)).to.equal(0);
  });

  it('throws nobody out once all have their assignment', async () => {
    const members = await h.stable({}, {});
    await h.advanceAlive(2 * REBALANCE_MS, members);
    expect(h.describe()).to.include({ state: 'Stable' });
    expect(h.describe().members).to.have.length(2);
  });

  it('does not hand an assignment of the old generation to the next one', async () => {
    const [leader, follower] = await h.stable({}, {});
    const changed = await h.join({ memberId: follower!.memberId, protocols: [protocol('range', 'changed')] });
    await h.join({ memberId: leader!.memberId });
    expect(changed.answer).to.include({ generationId: 2 });
    const stale = [{ memberId: follower!.memberId, assignment: Buffer.from('stale') }];
    expect((await h.sync(leader!, { assignments: stale })).answer).to.include({ errorCode: 22 });
    await h.sync({ ...leader!, generationId: 2 });
    const sync = await h.sync({ ...follower!, generationId: 2 });
    expect(sync.answer?.assignment).to.have.length(0);
  });
});
