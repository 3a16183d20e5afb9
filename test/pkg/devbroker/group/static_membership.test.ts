import { expect } from 'chai';
import { GROUP, Harness, joinedAs, protocol, REBALANCE_MS, SESSION_MS } from './harness.js';

const INSTANCE = { groupInstanceId: 'instance' };

describe('group coordinator: static membership', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });

  it('lets a restarted follower take over its assignment in the same generation, without a rebalance', async () => {
    const [leader, old] = await h.stable({}, INSTANCE);
    const join = await h.join({ ...INSTANCE, clientId: 'restarted' });
    const fresh = joinedAs(join, 'instance');
    expect(fresh).to.include({ generationId: 1 });
    expect(fresh.memberId).not.to.equal(old!.memberId);
    expect(join.answer).to.deep.include({ leader: leader!.memberId, members: [], protocolName: 'range' });
    expect((await h.sync(fresh)).answer?.assignment.toString()).to.equal('assigned-1');
    expect(h.describe().state).to.equal('Stable');
    expect(h.coordinator.heartbeat(leader!)).to.equal(0);
    expect(h.coordinator.heartbeat(fresh)).to.equal(0);
    expect(h.describe().members[1]).to.include({ clientId: 'restarted', groupInstanceId: 'instance' });
  });

  it('lets a restarted leader take over as if it followed, and lead the next rebalance', async () => {
    const [old, follower] = await h.stable(INSTANCE, {});
    const join = await h.join(INSTANCE);
    const fresh = joinedAs(join, 'instance');
    expect(join.answer).to.deep.include({ leader: old!.memberId, members: [], generationId: 1 });
    expect((await h.sync(fresh)).answer?.assignment.toString()).to.equal('assigned-0');
    expect(h.describe().state).to.equal('Stable');

    const rejoin = await h.join({ ...INSTANCE, memberId: fresh.memberId });
    await h.join({ memberId: follower!.memberId });
    expect(rejoin.answer).to.include({ generationId: 2, leader: fresh.memberId });
    expect(rejoin.answer?.members).to.have.length(2);
  });

  it('fences the predecessor in every request', async () => {
    const [leader, old] = await h.stable({}, INSTANCE);
    await h.join(INSTANCE);
    expect(h.coordinator.heartbeat(old!)).to.equal(82);
    expect(h.coordinator.validateCommit(old!)).to.equal(82);
    expect((await h.sync(old!)).answer).to.include({ errorCode: 82 });
    expect((await h.join({ ...INSTANCE, memberId: old!.memberId })).answer).to.include({ errorCode: 82 });
    expect(h.coordinator.leaveGroup({ groupId: GROUP, members: [old!] }).members[0]).to.include({
      errorCode: 82,
    });
    expect(h.coordinator.heartbeat({ ...old!, groupInstanceId: null })).to.equal(25);
    expect(h.coordinator.heartbeat(leader!)).to.equal(0);
  });

  it('fences the predecessor in the join and in the sync that it waits for', async () => {
    const [leader, other, old] = await h.stable({}, {}, INSTANCE);
    await h.join({ memberId: leader!.memberId });
    const join = await h.join({ ...INSTANCE, memberId: old!.memberId });
    const second = await h.join(INSTANCE);
    expect(join.answer).to.include({ errorCode: 82, memberId: old!.memberId, leader: '' });
    await h.join({ memberId: other!.memberId });
    const fresh = joinedAs(second, 'instance');
    expect(fresh.generationId).to.equal(2);

    const sync = await h.sync(fresh);
    await h.join(INSTANCE);
    expect(sync.answer).to.include({ errorCode: 82 });
    expect(h.describe().members).to.have.length(3);
  });

  it('starts over when it restarts between join and sync, since the leader assigns to the old id', async () => {
    const [leader] = await h.joinAll({}, INSTANCE);
    const join = await h.join(INSTANCE);
    expect(h.describe().state).to.equal('PreparingRebalance');
    const rejoin = await h.join({ memberId: leader!.memberId });
    expect(rejoin.answer).to.include({ generationId: 2 });
    expect(rejoin.answer?.members.map(({ memberId }) => memberId)).to.include(joinedAs(join).memberId);
  });

  it('rebalances when its new protocols change the chosen one', async () => {
    const [range, sticky] = [protocol('range'), protocol('sticky')];
    await h.stable({ protocols: [range, sticky] }, { ...INSTANCE, protocols: [range, sticky] });
    await h.join({ ...INSTANCE, protocols: [sticky] });
    expect(h.describe().state).to.equal('PreparingRebalance');
  });

  it('does not rebalance for new metadata of the same protocol, as in Apache Kafka', async () => {
    await h.stable({}, INSTANCE);
    const join = await h.join({ ...INSTANCE, protocols: [protocol('range', 'changed')] });
    expect(join.answer).to.include({ errorCode: 0, generationId: 1 });
    expect(h.describe().members[1]?.metadata.toString()).to.equal('changed');
    expect(h.describe().state).to.equal('Stable');
  });

  it('gives the restarted member a full session of its own timeout', async () => {
    const [leader] = await h.stable({}, INSTANCE);
    await h.advanceAlive(SESSION_MS - 1, [leader!]);
    await h.join({ ...INSTANCE, sessionTimeoutMs: SESSION_MS / 2 });
    await h.advanceAlive(SESSION_MS / 2 - 1, [leader!]);
    expect(h.describe().state).to.equal('Stable');
    await h.clock.advance(1);
    expect(h.describe().state).to.equal('PreparingRebalance');
  });

  it('still owes the sync that its predecessor owed', async () => {
    const [leader] = await h.joinAll({}, INSTANCE);
    await h.sync(leader!);
    const fresh = joinedAs(await h.join(INSTANCE), 'instance');
    await h.advanceAlive(REBALANCE_MS, [leader!, fresh]);
    expect(h.coordinator.heartbeat(fresh)).to.equal(25);
    expect(h.coordinator.heartbeat(leader!)).to.equal(27);
  });

  it('keeps its place in a rebalance that it misses, until its session ends', async () => {
    const long = { ...INSTANCE, sessionTimeoutMs: 3 * REBALANCE_MS };
    const [leader, missing] = await h.stable({}, long);
    const newcomer = await h.join();
    await h.join({ memberId: leader!.memberId });
    await h.clock.advance(REBALANCE_MS);
    expect(newcomer.answer).to.include({ errorCode: 0, generationId: 2 });
    expect(h.describe().members.map(({ memberId }) => memberId)).to.include(missing!.memberId);
    expect(h.coordinator.heartbeat(missing!)).to.equal(22);
    const back = await h.join({ ...INSTANCE, memberId: missing!.memberId });
    expect(back.answer).to.include({ errorCode: 0, generationId: 2 });
  });

  it('does not get the lead back that another member took over while it was missing', async () => {
    const long = { ...INSTANCE, sessionTimeoutMs: 3 * REBALANCE_MS };
    const [missing, second] = await h.stable(long, {});
    const promoted = await h.join({ memberId: second!.memberId, protocols: [protocol('range', 'changed')] });
    await h.clock.advance(REBALANCE_MS);
    expect(promoted.answer).to.include({ generationId: 2, leader: second!.memberId });

    const back = await h.join({
      ...long,
      memberId: missing!.memberId,
      protocols: [protocol('range', 'changed')],
    });
    const rejoin = await h.join({ memberId: second!.memberId });
    expect(back.answer).to.include({ generationId: 3, leader: second!.memberId });
    expect(rejoin.answer?.members).to.have.length(2);
  });

  it('postpones a rebalance to which only static members are missing until one is back', async () => {
    const long = { sessionTimeoutMs: 10 * REBALANCE_MS };
    const [first, second] = await h.stable(
      { groupInstanceId: 'a', ...long },
      { groupInstanceId: 'b', ...long },
      { groupInstanceId: 'c', ...long },
    );
    h.coordinator.leaveGroup({ groupId: GROUP, members: [{ memberId: '', groupInstanceId: 'c' }] });
    await h.clock.advance(2.5 * REBALANCE_MS);
    expect(h.describe()).to.include({ state: 'PreparingRebalance' });
    expect(h.describe().members).to.have.length(2);
    const back = await h.join({ groupInstanceId: 'b', memberId: second!.memberId, ...long });
    await h.clock.advance(REBALANCE_MS / 2);
    expect(back.answer).to.include({ errorCode: 0, generationId: 2, leader: second!.memberId });
    expect(back.answer?.members.map(({ memberId }) => memberId)).to.deep.equal([
      first!.memberId,
      second!.memberId,
    ]);
  });

  it('is removed by its session timeout like any other member', async () => {
    const [leader] = await h.stable({}, INSTANCE);
    await h.advanceAlive(SESSION_MS, [leader!]);
    expect(h.describe()).to.include({ state: 'PreparingRebalance' });
    expect(h.describe().members).to.have.length(1);
  });

  it('does not confuse a member id given to a dynamic member with an instance', async () => {
    const pending = await h.join({ requireKnownMemberId: true });
    const join = await h.join({ memberId: pending.answer!.memberId, ...INSTANCE });
    expect(join.answer).to.include({ errorCode: 25 });
  });
});
