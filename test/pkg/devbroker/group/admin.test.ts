import { expect } from 'chai';
import { GroupCoordinator } from '../../../../pkg/devbroker/group/coordinator.js';
import { CommittedOffsets } from '../../../../pkg/devbroker/group/offsets.js';
import { consumerMetadata } from './consumer_metadata.js';
import { GROUP, Harness, INITIAL_DELAY_MS, joinedAs, protocol } from './harness.js';

const ADMIN = { groupId: GROUP, memberId: '', generationId: -1 };
const OFFSET = { topic: 'topic', partition: 0, offset: 7n, leaderEpoch: -1, metadata: null };

describe('group coordinator: what operators and other parts of the broker ask', () => {
  let h: Harness;
  let offsets: CommittedOffsets;
  beforeEach(() => {
    offsets = new CommittedOffsets();
    h = new Harness({ offsets });
  });

  describe('describe', () => {
    it('shows an unknown group as Dead and one that only has offsets as Empty', () => {
      const nothing = { protocolType: '', protocolName: '', members: [] };
      expect(h.describe()).to.deep.equal({ groupId: GROUP, state: 'Dead', ...nothing });
      offsets.commit(GROUP, [OFFSET]);
      expect(h.describe()).to.deep.equal({ groupId: GROUP, state: 'Empty', ...nothing });
    });

    it('shows members always, protocol, metadata and assignments while Stable only', async () => {
      const [leader] = await h.joinAll({ groupInstanceId: 'instance' });
      const member = {
        memberId: leader!.memberId,
        groupInstanceId: 'instance',
        clientId: 'client',
        clientHost: '/127.0.0.1',
      };
      const empty = Buffer.alloc(0);
      expect(h.describe()).to.deep.equal({
        groupId: GROUP,
        state: 'CompletingRebalance',
        protocolType: 'consumer',
        protocolName: '',
        members: [{ ...member, metadata: empty, assignment: empty }],
      });
      await h.syncAll([leader!]);
      expect(h.describe()).to.deep.equal({
        groupId: GROUP,
        state: 'Stable',
        protocolType: 'consumer',
        protocolName: 'range',
        members: [
          { ...member, metadata: Buffer.from('range-metadata'), assignment: Buffer.from('assigned-0') },
        ],
      });
    });
  });

  describe('list', () => {
    beforeEach(async () => {
      await h.stable({});
      await h.join({ groupId: 'preparing', protocolType: 'connect' });
      offsets.commit('offsets-only', [OFFSET]);
      offsets.commit(GROUP, [OFFSET]);
    });

    it('has each group once, also those that only have offsets', () => {
      expect(h.coordinator.list()).to.deep.equal([
        { groupId: GROUP, protocolType: 'consumer', state: 'Stable' },
        { groupId: 'preparing', protocolType: 'connect', state: 'PreparingRebalance' },
        { groupId: 'offsets-only', protocolType: '', state: 'Empty' },
      ]);
    });

    it('keeps to the asked states, whatever their case', () => {
      const ids = (...states: string[]): string[] => h.coordinator.list(states).map(({ groupId }) => groupId);
      expect(ids('stable')).to.deep.equal([GROUP]);
      expect(ids('EMPTY', 'PreparingRebalance')).to.deep.equal(['preparing', 'offsets-only']);
      expect(ids('Dead')).to.deep.equal([]);
    });
  });

  describe('deleteGroups', () => {
    const deleteGroup = (): number | undefined => h.coordinator.deleteGroups([GROUP])[0]?.errorCode;

    it('refuses groups with members and unknown groups, each by itself', async () => {
      await h.stable({});
      offsets.commit('offsets-only', [OFFSET]);
      expect(h.coordinator.deleteGroups([GROUP, 'unknown', 'offsets-only', 'offsets-only'])).to.deep.equal([
        { groupId: GROUP, errorCode: 68 },
        { groupId: 'unknown', errorCode: 69 },
        { groupId: 'offsets-only', errorCode: 0 },
        { groupId: 'offsets-only', errorCode: 69 },
      ]);
    });

    it('refuses a group that rebalances', async () => {
      await h.join();
      expect(deleteGroup()).to.equal(68);
    });

    it('deletes an empty group with its offsets and with the ids it gave out', async () => {
      const pending = await h.join({ requireKnownMemberId: true });
      offsets.commit(GROUP, [OFFSET]);
      expect(deleteGroup()).to.equal(0);
      expect(offsets.hasGroup(GROUP)).to.equal(false);
      expect(h.describe().state).to.equal('Dead');
      expect(h.clock.size).to.equal(0);
      expect((await h.join({ memberId: pending.answer!.memberId })).answer).to.include({ errorCode: 25 });
    });
  });

  describe('forgetUnused', () => {
    const leave = (member: { memberId: string }) =>
      h.coordinator.leaveGroup({ groupId: GROUP, members: [member] });

    it('forgets a group without members, given ids and offsets', async () => {
      const [member] = await h.stable({});
      leave(member!);
      expect(h.describe().state).to.equal('Empty');
      h.coordinator.forgetUnused();
      expect(h.describe().state).to.equal('Dead');
      expect(h.coordinator.list()).to.deep.equal([]);
    });

    it('keeps a group with members, with a given id that may still join, or with offsets', async () => {
      const [member] = await h.stable({});
      h.coordinator.forgetUnused();
      expect(h.coordinator.heartbeat(member!)).to.equal(0);
      leave(member!);
      const pending = await h.join({ requireKnownMemberId: true });
      h.coordinator.forgetUnused();
      await h.join({ memberId: pending.answer!.memberId });
      expect(h.describe().state).to.equal('PreparingRebalance');
      h.coordinator.forgetUnused();
      await h.clock.advance(INITIAL_DELAY_MS);
      expect(h.describe().members).to.have.length(1);
      leave(h.describe().members[0]!);
      offsets.commit(GROUP, [OFFSET]);
      h.coordinator.forgetUnused();
      expect(h.coordinator.list()[0]).to.deep.include({ protocolType: 'consumer', state: 'Empty' });
    });
  });

  describe('validateCommit', () => {
    it('allows members of the current generation', async () => {
      const [member] = await h.stable({ groupInstanceId: 'instance' });
      expect(h.coordinator.validateCommit(member!)).to.equal(0);
      expect(h.coordinator.validateCommit({ ...member!, groupInstanceId: null })).to.equal(0);
    });

    it('allows commits without a member only while the group has none', async () => {
      expect(h.coordinator.validateCommit(ADMIN)).to.equal(0);
      const [member] = await h.stable({});
      expect(h.coordinator.validateCommit(ADMIN)).to.equal(25);
      h.coordinator.leaveGroup({ groupId: GROUP, members: [member!] });
      expect(h.coordinator.validateCommit(ADMIN)).to.equal(0);
    });

    it('refuses unknown members, other generations and unknown groups that claim a generation', async () => {
      expect(h.coordinator.validateCommit({ ...ADMIN, generationId: 1, memberId: 'm' })).to.equal(22);
      const [member] = await h.stable({});
      expect(h.coordinator.validateCommit({ ...member!, memberId: 'ghost' })).to.equal(25);
      expect(h.coordinator.validateCommit({ ...member!, generationId: 0 })).to.equal(22);
      expect(h.coordinator.validateCommit({ ...member!, generationId: -1 })).to.equal(22);
      expect(h.coordinator.validateCommit({ ...ADMIN, generationId: 1 })).to.equal(25);
    });

    it('allows a commit before rejoining and refuses it between join and sync', async () => {
      const [leader, follower] = await h.stable({}, {});
      await h.join({ memberId: leader!.memberId });
      expect(h.coordinator.validateCommit(follower!)).to.equal(0);
      await h.join({ memberId: follower!.memberId });
      expect(h.describe().state).to.equal('CompletingRebalance');
      expect(h.coordinator.validateCommit({ ...follower!, generationId: 2 })).to.equal(27);
      expect(h.coordinator.validateCommit(follower!)).to.equal(22);
    });

    it('allows transactions to commit without a member and between join and sync, yet never to a stale member', async () => {
      const [leader] = await h.joinAll({});
      expect(h.coordinator.validateCommit({ ...ADMIN, transactional: true })).to.equal(0);
      expect(h.coordinator.validateCommit({ ...leader!, transactional: true })).to.equal(0);
      expect(h.coordinator.validateCommit({ ...leader!, generationId: 0, transactional: true })).to.equal(22);
      expect(h.coordinator.validateCommit({ ...leader!, memberId: 'ghost', transactional: true })).to.equal(
        25,
      );
    });
  });

  describe('hasMembers and isSubscribed', () => {
    const subscribe = (...topics: string[]): { protocols: { name: string; metadata: Buffer }[] } => ({
      protocols: [{ name: 'range', metadata: consumerMetadata(...topics) }],
    });

    it('knows the topics of all members of the last generation', async () => {
      expect(h.coordinator.hasMembers(GROUP)).to.equal(false);
      expect(h.coordinator.isSubscribed(GROUP, 'orders')).to.equal(false);
      const [leader, follower] = await h.stable(subscribe('orders'), subscribe('users', 'orders'));
      expect(h.coordinator.hasMembers(GROUP)).to.equal(true);
      const subscribed = (): boolean[] =>
        ['orders', 'users', 'other'].map((topic) => h.coordinator.isSubscribed(GROUP, topic));
      expect(subscribed()).to.deep.equal([true, true, false]);
      h.coordinator.leaveGroup({ groupId: GROUP, members: [follower!] });
      expect(subscribed()).to.deep.equal([true, true, false]);
      await h.join({ memberId: leader!.memberId, ...subscribe('orders') });
      expect(subscribed()).to.deep.equal([true, false, false]);
      h.coordinator.leaveGroup({ groupId: GROUP, members: [leader!] });
      expect(subscribed()).to.deep.equal([false, false, false]);
      expect(h.coordinator.hasMembers(GROUP)).to.equal(false);
    });

    it('takes a consumer group with unreadable metadata to read everything, any other group nothing', async () => {
      await h.stable({});
      expect(h.coordinator.isSubscribed(GROUP, 'anything')).to.equal(true);
      await h.join({ groupId: 'connectors', protocolType: 'connect' });
      await h.clock.advance(INITIAL_DELAY_MS);
      expect(h.coordinator.isSubscribed('connectors', 'anything')).to.equal(false);
    });
  });

  it('tells of each generation once it is live, with its members', async () => {
    const [leader, follower] = await h.joinAll({}, {});
    expect(h.rebalances).to.deep.equal([]);
    await h.syncAll([leader!, follower!]);
    const memberIds = [leader!.memberId, follower!.memberId];
    expect(h.rebalances).to.deep.equal([{ groupId: GROUP, generationId: 1, memberIds }]);
    h.coordinator.leaveGroup({ groupId: GROUP, members: [leader!, follower!] });
    expect(h.rebalances[1]).to.deep.equal({ groupId: GROUP, generationId: 2, memberIds: [] });
  });

  it('keeps groups apart', async () => {
    const [member] = await h.stable({});
    const other = await h.join({
      groupId: 'other',
      protocols: [protocol('sticky')],
      protocolType: 'connect',
    });
    await h.clock.advance(INITIAL_DELAY_MS);
    expect(joinedAs(other).generationId).to.equal(1);
    expect(h.coordinator.heartbeat(member!)).to.equal(0);
    expect(h.coordinator.heartbeat({ ...member!, groupId: 'other' })).to.equal(25);
  });

  describe('close', () => {
    it('answers what is held and what comes later with COORDINATOR_NOT_AVAILABLE and leaves no timer', async () => {
      const [, follower] = await h.joinAll({}, {});
      const sync = await h.sync(follower!);
      const join = await h.join({ groupId: 'other' });
      const pending = await h.join({ groupId: 'third', requireKnownMemberId: true });
      expect(pending.answer).to.include({ errorCode: 79 });
      h.coordinator.close();
      h.coordinator.close();
      await h.clock.advance(0);
      expect(sync.answer).to.include({ errorCode: 15 });
      expect(join.answer).to.include({ errorCode: 15 });
      expect(h.clock.size).to.equal(0);

      expect(h.coordinator.list()).to.deep.equal([]);
      expect((await h.join()).answer).to.include({ errorCode: 15 });
      expect((await h.sync(follower!)).answer).to.include({ errorCode: 15 });
      expect(h.coordinator.heartbeat(follower!)).to.equal(15);
      expect(h.coordinator.validateCommit(ADMIN)).to.equal(15);
      expect(h.coordinator.leaveGroup({ groupId: GROUP, members: [follower!] })).to.deep.include({
        errorCode: 15,
      });
      expect(h.coordinator.deleteGroups([GROUP])).to.deep.equal([{ groupId: GROUP, errorCode: 15 }]);
    });
  });

  it('works with the time and the ids of the process when it is given none', async () => {
    const coordinator = new GroupCoordinator();
    const first = await coordinator.joinGroup({
      groupId: GROUP,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId: '',
      protocolType: 'consumer',
      protocols: [protocol('range')],
      clientId: 'client',
      clientHost: '/127.0.0.1',
      requireKnownMemberId: true,
    });
    expect(first.memberId).to.match(/^client-[0-9a-f]{8}-[0-9a-f-]{27}$/);
    coordinator.close();
  });
});
