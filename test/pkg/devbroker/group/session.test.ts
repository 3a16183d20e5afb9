import { expect } from 'chai';
import { GROUP, Harness, INITIAL_DELAY_MS, joinedAs, REBALANCE_MS, SESSION_MS } from './harness.js';

describe('group coordinator: sessions and heartbeats', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });

  it('answers the heartbeat of a member of the current generation with 0', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    expect(h.coordinator.heartbeat(follower!)).to.equal(0);
    await h.syncAll([leader!, follower!]);
    expect(h.coordinator.heartbeat(follower!)).to.equal(0);
  });

  it('tells of a rebalance, of another generation and of not being a member', async () => {
    const [leader, follower] = await h.stable({}, {});
    expect(h.coordinator.heartbeat({ ...leader!, groupId: '' })).to.equal(24);
    expect(h.coordinator.heartbeat({ ...leader!, groupId: 'other' })).to.equal(25);
    expect(h.coordinator.heartbeat({ ...leader!, memberId: 'ghost' })).to.equal(25);
    expect(h.coordinator.heartbeat({ ...leader!, generationId: 0 })).to.equal(22);
    expect(h.coordinator.heartbeat({ ...leader!, generationId: 2 })).to.equal(22);
    await h.join({ memberId: leader!.memberId });
    expect(h.coordinator.heartbeat(follower!)).to.equal(27);
  });

  it('throws out a silent member after its own session timeout and rebalances the others', async () => {
    const [leader, silent] = await h.stable({}, { sessionTimeoutMs: SESSION_MS / 2 });
    h.coordinator.heartbeat(silent!);
    await h.clock.advance(SESSION_MS / 2 - 1);
    expect(h.coordinator.heartbeat(leader!)).to.equal(0);
    await h.clock.advance(1);
    expect(h.coordinator.heartbeat(silent!)).to.equal(25);
    expect(h.coordinator.heartbeat(leader!)).to.equal(27);
    const rejoin = await h.join({ memberId: leader!.memberId });
    expect(rejoin.answer?.members.map(({ memberId }) => memberId)).to.deep.equal([leader!.memberId]);
  });

  it('empties the group when its last member falls silent', async () => {
    await h.stable({});
    await h.clock.advance(SESSION_MS);
    expect(h.describe()).to.deep.include({ state: 'Empty', members: [] });
    expect(h.clock.size).to.equal(0);
  });

  it('counts heartbeats, joins, syncs and commits as signs of life', async () => {
    const [leader, follower] = await h.stable({}, {});
    const signs = [
      () => h.coordinator.heartbeat(follower!),
      () => h.join({ memberId: follower!.memberId }),
      () => h.sync(follower!),
      () => h.coordinator.validateCommit(follower!),
    ];
    for (const sign of signs) {
      await h.clock.advance(SESSION_MS - 1);
      h.coordinator.heartbeat(leader!);
      await sign();
    }
    expect(h.describe()).to.include({ state: 'Stable' });
    await h.clock.advance(SESSION_MS - 1);
    expect(h.describe()).to.include({ state: 'Stable' });
    await h.clock.advance(1);
    expect(h.describe()).to.include({ state: 'Empty' });
  });

  it('keeps a member alive that sends heartbeats during a rebalance', async () => {
    const [leader, follower] = await h.stable({}, {});
    await h.join({ memberId: leader!.memberId });
    await h.advanceAlive(REBALANCE_MS - 1, [follower!]);
    expect(h.coordinator.heartbeat(follower!)).to.equal(27);
  });

  it('pauses the session of a member whose join is held, and starts it anew with the answer', async () => {
    const [leader, follower] = await h.stable({}, {});
    const join = await h.join({ memberId: leader!.memberId });
    await h.advanceAlive(2 * SESSION_MS, [follower!]);
    expect(join.answer).to.equal(undefined);
    await h.join({ memberId: follower!.memberId });
    expect(join.answer).to.include({ errorCode: 0 });
    await h.clock.advance(SESSION_MS - 1);
    expect(h.describe().members).to.have.length(2);
    await h.clock.advance(1);
    expect(h.describe()).to.include({ state: 'Empty' });
  });

  it('pauses the session of a member whose sync is held, and starts it anew with the answer', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    const sync = await h.sync(follower!);
    await h.advanceAlive(2 * SESSION_MS, [leader!]);
    expect(sync.answer).to.equal(undefined);
    await h.sync(leader!);
    expect(sync.answer).to.include({ errorCode: 0 });
    await h.clock.advance(SESSION_MS - 1);
    expect(h.describe()).to.include({ state: 'Stable' });
    await h.clock.advance(1);
    expect(h.describe()).to.include({ state: 'Empty' });
  });

  it('keeps the session paused when a heartbeat comes from a member whose join or sync is held', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    const sync = await h.sync(follower!);
    expect(h.coordinator.heartbeat(follower!)).to.equal(0);
    await h.advanceAlive(SESSION_MS, [leader!]);
    await h.sync(leader!);
    expect(sync.answer).to.include({ errorCode: 0 });

    const join = await h.join({ memberId: leader!.memberId });
    expect(h.coordinator.heartbeat(leader!)).to.equal(27);
    await h.advanceAlive(SESSION_MS, [follower!]);
    await h.join({ memberId: follower!.memberId });
    expect(join.answer).to.include({ errorCode: 0, generationId: 2 });
  });

  it('gives up the first join of a member that it cannot answer for too long', async () => {
    h = new Harness({ newMemberJoinTimeoutMs: 2 * SESSION_MS });
    const [leader] = await h.stable({});
    const newcomer = await h.join();
    await h.advanceAlive(2 * SESSION_MS - 1, [leader!]);
    expect(newcomer.answer).to.equal(undefined);
    h.coordinator.heartbeat(leader!);
    await h.clock.advance(1);
    expect(newcomer.answer).to.include({ errorCode: 25, memberId: '' });
    expect(h.describe().members).to.have.length(1);
  });

  it('keeps counting for such a member when it joins again', async () => {
    h = new Harness({ newMemberJoinTimeoutMs: 2 * SESSION_MS });
    const [leader] = await h.stable({});
    const pending = await h.join({ requireKnownMemberId: true });
    await h.join({ memberId: pending.answer!.memberId });
    await h.advanceAlive(SESSION_MS, [leader!]);
    const again = await h.join({ memberId: pending.answer!.memberId });
    await h.advanceAlive(SESSION_MS, [leader!]);
    expect(again.answer).to.include({ errorCode: 25 });
  });

  describe('the rebalance timeout', () => {
    it('is the longest of the members and ends the wait for those that do not rejoin', async () => {
      const short = { rebalanceTimeoutMs: 1_000 };
      const [leader, alive] = await h.stable(short, { rebalanceTimeoutMs: 5_000 }, short);
      const join = await h.join({ memberId: leader!.memberId, rebalanceTimeoutMs: 1_000 });
      await h.clock.advance(4_999);
      expect(h.coordinator.heartbeat(alive!)).to.equal(27);
      expect(join.answer).to.equal(undefined);
      await h.clock.advance(1);
      expect(join.answer).to.include({ errorCode: 0, generationId: 2 });
      expect(join.answer?.members).to.have.length(1);
      expect(h.coordinator.heartbeat(alive!)).to.equal(25);
    });

    it('is the session timeout for members that name none, as in the first version of the protocol', async () => {
      const [leader] = await h.stable({ rebalanceTimeoutMs: -1 }, { rebalanceTimeoutMs: -1 });
      const join = await h.join({ memberId: leader!.memberId, rebalanceTimeoutMs: -1 });
      await h.clock.advance(SESSION_MS - INITIAL_DELAY_MS);
      expect(join.answer).to.equal(undefined);
      await h.clock.advance(INITIAL_DELAY_MS);
      expect(join.answer).to.include({ errorCode: 0, generationId: 2 });
    });

    it('ends with the last join: nothing happens when it would have passed', async () => {
      const [leader, follower] = await h.stable({}, {});
      const rejoins = [
        await h.join({ memberId: leader!.memberId }),
        await h.join({ memberId: follower!.memberId }),
      ];
      const members = rejoins.map((rejoin) => joinedAs(rejoin));
      await h.syncAll(members);
      await h.advanceAlive(2 * REBALANCE_MS, members);
      expect(h.describe()).to.include({ state: 'Stable' });
      expect(members.map((member) => h.coordinator.heartbeat(member))).to.deep.equal([0, 0]);
    });

    it('begins anew for a rebalance that interrupts the wait for syncs', async () => {
      const [leader, follower] = await h.joinAll({}, {});
      await h.advanceAlive(REBALANCE_MS / 2, [leader!, follower!]);
      const newcomer = await h.join();
      await h.advanceAlive(REBALANCE_MS - 1, [leader!, follower!]);
      expect(h.coordinator.heartbeat(follower!)).to.equal(27);
      expect(newcomer.answer).to.equal(undefined);
      await h.clock.advance(1);
      expect(newcomer.answer).to.include({ errorCode: 0, generationId: 2 });
    });

    it('passes the lead to the longest-standing member that rejoined when the leader did not', async () => {
      const [leader, second, third] = await h.stable({}, {}, {});
      const joins = [await h.join({ memberId: third!.memberId, protocols: [] })];
      expect(joins[0]?.answer).to.include({ errorCode: 23 });
      const newcomer = await h.join();
      const last = await h.join({ memberId: third!.memberId });
      await h.advanceAlive(REBALANCE_MS, [leader!, second!]);
      expect(newcomer.answer).to.include({ errorCode: 0, generationId: 2, leader: third!.memberId });
      expect(last.answer?.members).to.have.length(2);
    });

    it('empties the group when nobody rejoins', async () => {
      const [leader, follower] = await h.stable({}, {});
      h.coordinator.leaveGroup({ groupId: GROUP, members: [follower!] });
      expect(h.describe().state).to.equal('PreparingRebalance');
      await h.advanceAlive(REBALANCE_MS, [leader!]);
      expect(h.describe()).to.deep.include({ state: 'Empty', members: [] });
      expect(h.rebalances.at(-1)).to.deep.equal({ groupId: GROUP, generationId: 2, memberIds: [] });
    });
  });
});
