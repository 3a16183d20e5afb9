import { expect } from 'chai';
import { GroupCoordinator } from '../../../../pkg/devbroker/group/coordinator.js';
import { FORMING_MS, GROUP, Harness, INITIAL_DELAY_MS, joinedAs, protocol, SESSION_MS } from './harness.js';

describe('group coordinator: join', () => {
  let h: Harness;
  beforeEach(() => {
    h = new Harness();
  });

  describe('what it refuses', () => {
    it('refuses an empty group id with INVALID_GROUP_ID', async () => {
      expect((await h.join({ groupId: '' })).answer).to.include({ errorCode: 24, generationId: -1 });
    });

    it('refuses session timeouts outside its limits with INVALID_SESSION_TIMEOUT', async () => {
      for (const sessionTimeoutMs of [-1, 0, 999, 1_800_001]) {
        expect((await h.join({ sessionTimeoutMs })).answer, `${sessionTimeoutMs}`).to.include({
          errorCode: 26,
        });
      }
      expect((await h.join({ sessionTimeoutMs: 1_000 })).answer).to.equal(undefined);
      expect((await h.join({ sessionTimeoutMs: 1_800_000 })).answer).to.equal(undefined);
    });

    it('takes session timeout limits of 10 ms to 30 min only', () => {
      expect(() => new GroupCoordinator({ minSessionTimeoutMs: 10 })).not.to.throw();
      expect(() => new GroupCoordinator({ minSessionTimeoutMs: 9 })).to.throw(
        RangeError,
        'minSessionTimeoutMs',
      );
      expect(() => new GroupCoordinator({ minSessionTimeoutMs: NaN })).to.throw(
        RangeError,
        'minSessionTimeoutMs',
      );
      expect(() => new GroupCoordinator({ maxSessionTimeoutMs: 1_800_001 })).to.throw(RangeError, 'at most');
      expect(() => new GroupCoordinator({ minSessionTimeoutMs: 500, maxSessionTimeoutMs: 400 })).to.throw(
        RangeError,
      );
    });

    it('answers a member id of a group it does not know with UNKNOWN_MEMBER_ID and makes no group of it', async () => {
      expect((await h.join({ memberId: 'ghost' })).answer).to.include({ errorCode: 25, memberId: 'ghost' });
      expect(h.coordinator.list()).to.deep.equal([]);
    });

    it('answers a member id that the group does not know with UNKNOWN_MEMBER_ID', async () => {
      await h.stable({});
      expect((await h.join({ memberId: 'ghost' })).answer).to.include({ errorCode: 25 });
    });

    it('refuses a member without a protocol in common with INCONSISTENT_GROUP_PROTOCOL', async () => {
      await h.stable({ protocols: [protocol('range'), protocol('sticky')] });
      const other = { protocols: [protocol('roundrobin')] };
      expect((await h.join(other)).answer).to.include({ errorCode: 23, memberId: '' });
      expect(h.describe().state).to.equal('Stable');
    });

    it('refuses a known member that drops the protocol all have in common', async () => {
      const [, follower] = await h.stable({}, {});
      const join = await h.join({ memberId: follower!.memberId, protocols: [protocol('sticky')] });
      expect(join.answer).to.include({ errorCode: 23 });
    });

    it('refuses another protocol type, and neither type nor protocols at all, with INCONSISTENT_GROUP_PROTOCOL', async () => {
      expect((await h.join({ protocols: [] })).answer).to.include({ errorCode: 23 });
      expect((await h.join({ protocolType: '' })).answer).to.include({ errorCode: 23 });
      expect(h.coordinator.list()).to.deep.equal([]);
      await h.stable({});
      expect((await h.join({ protocolType: 'connect' })).answer).to.include({ errorCode: 23 });
    });
  });

  describe('member ids', () => {
    it('sends a dynamic member away with MEMBER_ID_REQUIRED and an id, and takes it in with that id', async () => {
      const first = await h.join({ requireKnownMemberId: true });
      expect(first.answer).to.include({ errorCode: 79, memberId: 'client-1', generationId: -1 });
      expect(h.describe()).to.deep.include({ state: 'Empty', members: [] });

      const second = await h.join({ requireKnownMemberId: true, memberId: 'client-1' });
      expect(second.answer).to.equal(undefined);
      await h.clock.advance(INITIAL_DELAY_MS);
      expect(second.answer).to.include({
        errorCode: 0,
        memberId: 'client-1',
        generationId: 1,
        leader: 'client-1',
      });
    });

    it('forgets an id that is not used within the session timeout', async () => {
      await h.join({ requireKnownMemberId: true });
      await h.clock.advance(SESSION_MS);
      expect((await h.join({ memberId: 'client-1' })).answer).to.include({ errorCode: 25 });
      expect(h.clock.size).to.equal(0);
    });

    it('holds a rebalance open for a member that was given an id', async () => {
      const [leader] = await h.stable({});
      const pending = await h.join({ requireKnownMemberId: true });
      const rejoin = await h.join({ memberId: leader!.memberId });
      expect(rejoin.answer).to.equal(undefined);
      await h.join({ memberId: pending.answer!.memberId });
      expect(rejoin.answer).to.include({ errorCode: 0, generationId: 2 });
      expect(rejoin.answer!.members).to.have.length(2);
    });

    it('ends the join phase when the id it waited for expires', async () => {
      const [leader] = await h.stable({});
      await h.join({ requireKnownMemberId: true });
      const rejoin = await h.join({ memberId: leader!.memberId });
      await h.clock.advance(SESSION_MS - 1);
      expect(rejoin.answer).to.equal(undefined);
      await h.clock.advance(1);
      expect(rejoin.answer).to.include({ errorCode: 0, generationId: 2 });
      expect(rejoin.answer!.members).to.have.length(1);
    });

    it('gives a static member its id in the first join, made of its instance id', async () => {
      const join = await h.join({ requireKnownMemberId: true, groupInstanceId: 'instance' });
      await h.clock.advance(INITIAL_DELAY_MS);
      expect(join.answer).to.include({ errorCode: 0, memberId: 'instance-1' });
    });
  });

  describe('the first rebalance', () => {
    it('waits for its delay and then begins generation 1', async () => {
      const join = await h.join();
      expect(h.describe().state).to.equal('PreparingRebalance');
      await h.clock.advance(INITIAL_DELAY_MS - 1);
      expect(join.answer).to.equal(undefined);
      await h.clock.advance(1);
      expect(join.answer).to.include({
        errorCode: 0,
        generationId: 1,
        protocolType: 'consumer',
        protocolName: 'range',
      });
      expect(h.describe().state).to.equal('CompletingRebalance');
    });

    it('waits once more for each delay in which another member came', async () => {
      const joins = [await h.join()];
      for (let i = 0; i < 3; i++) {
        await h.clock.advance(INITIAL_DELAY_MS - 1);
        joins.push(await h.join());
        await h.clock.advance(1);
      }
      expect(joins.map(({ answer }) => answer)).to.deep.equal([undefined, undefined, undefined, undefined]);
      await h.clock.advance(INITIAL_DELAY_MS);
      expect(joins.map(({ answer }) => answer?.generationId)).to.deep.equal([1, 1, 1, 1]);
    });

    it('waits no longer than the rebalance timeout, however many come', async () => {
      const first = await h.join({ rebalanceTimeoutMs: 3 * INITIAL_DELAY_MS });
      for (let passed = 0; passed < 3 * INITIAL_DELAY_MS; passed += 10) {
        expect(first.answer).to.equal(undefined);
        await h.join({ rebalanceTimeoutMs: 3 * INITIAL_DELAY_MS });
        await h.clock.advance(10);
      }
      expect(first.answer).to.include({ errorCode: 0 });
    });

    it('does not wait longer for a newcomer of an earlier first rebalance', async () => {
      const early = await h.join({ rebalanceTimeoutMs: INITIAL_DELAY_MS });
      const late = await h.join({ rebalanceTimeoutMs: INITIAL_DELAY_MS });
      await h.clock.advance(INITIAL_DELAY_MS);
      h.coordinator.leaveGroup({ groupId: GROUP, members: [joinedAs(early), joinedAs(late)] });
      const again = await h.join();
      await h.clock.advance(INITIAL_DELAY_MS);
      expect(again.answer).to.include({ errorCode: 0 });
    });

    it('waits for its delay again after all members left, and counts the generations on', async () => {
      const [member] = await h.stable({});
      h.coordinator.leaveGroup({ groupId: GROUP, members: [member!] });
      expect(h.describe().state).to.equal('Empty');
      const again = await h.join();
      await h.clock.advance(INITIAL_DELAY_MS);
      expect(again.answer).to.include({ errorCode: 0, generationId: 3 });
    });
  });

  describe('the protocol', () => {
    it('is the one with the most votes of those that all have in common', async () => {
      const [range, sticky, own] = [protocol('range'), protocol('sticky'), protocol('own')];
      const joins = [
        await h.join({ protocols: [own, range, sticky] }),
        await h.join({ protocols: [sticky, range] }),
        await h.join({ protocols: [sticky, range] }),
      ];
      await h.clock.advance(FORMING_MS);
      expect(joins.map(({ answer }) => answer?.protocolName)).to.deep.equal(['sticky', 'sticky', 'sticky']);
    });

    it('is the choice of the longest-standing member when votes are equal', async () => {
      const [range, sticky] = [protocol('range'), protocol('sticky')];
      const join = await h.join({ protocols: [range, sticky] });
      await h.join({ protocols: [sticky, range] });
      await h.clock.advance(FORMING_MS);
      expect(join.answer?.protocolName).to.equal('range');
    });

    it('gives the member list with the metadata of the chosen protocol to the leader only', async () => {
      const leader = await h.join({ protocols: [protocol('range', 'a'), protocol('sticky', 'b')] });
      const follower = await h.join({ protocols: [protocol('range', 'c')], groupInstanceId: 'instance' });
      await h.clock.advance(FORMING_MS);
      expect(leader.answer!.leader).to.equal('client-1');
      expect(leader.answer!.members).to.deep.equal([
        { memberId: 'client-1', groupInstanceId: null, metadata: Buffer.from('a') },
        { memberId: 'instance-2', groupInstanceId: 'instance', metadata: Buffer.from('c') },
      ]);
      expect(follower.answer).to.deep.include({ leader: 'client-1', members: [] });
    });
  });

  describe('joining again', () => {
    it('answers a join that is still held with REBALANCE_IN_PROGRESS and holds the new one', async () => {
      await h.join({ requireKnownMemberId: true });
      const first = await h.join({ memberId: 'client-1' });
      const second = await h.join({ memberId: 'client-1' });
      expect(first.answer).to.include({ errorCode: 27, memberId: 'client-1' });
      await h.clock.advance(INITIAL_DELAY_MS);
      expect(second.answer).to.include({ errorCode: 0, generationId: 1 });
      expect(second.answer!.members).to.have.length(1);
    });

    it('repeats the answer between join and sync when nothing changed', async () => {
      const [leader, follower] = await h.joinAll({}, {});
      const again = await h.join({ memberId: leader!.memberId });
      expect(again.answer).to.include({ errorCode: 0, generationId: 1 });
      expect(again.answer!.members).to.have.length(2);
      expect((await h.join({ memberId: follower!.memberId })).answer).to.deep.include({
        generationId: 1,
        members: [],
      });
      expect(h.describe().state).to.equal('CompletingRebalance');
    });

    it('starts over between join and sync when the metadata changed, and says so to held syncs', async () => {
      const [leader, follower, other] = await h.joinAll({}, {}, {});
      const sync = await h.sync(other!);
      const changed = await h.join({
        memberId: follower!.memberId,
        protocols: [protocol('range', 'changed')],
      });
      expect(sync.answer).to.include({ errorCode: 27 });
      expect(h.describe().state).to.equal('PreparingRebalance');
      await h.join({ memberId: other!.memberId });
      const members = (await h.join({ memberId: leader!.memberId })).answer?.members;
      expect(members?.map(({ metadata }) => metadata.toString())).to.deep.equal([
        'range-metadata',
        'changed',
        'range-metadata',
      ]);
      expect(changed.answer).to.include({ errorCode: 0, generationId: 2 });
    });

    it('answers an unchanged follower of a Stable group with the current generation, without a rebalance', async () => {
      const [leader, follower] = await h.stable({}, {});
      const again = await h.join({ memberId: follower!.memberId });
      expect(again.answer).to.deep.include({
        errorCode: 0,
        generationId: 1,
        leader: leader!.memberId,
        members: [],
      });
      expect(h.describe().state).to.equal('Stable');
    });

    it('rebalances a Stable group when its leader joins again', async () => {
      const [leader, follower] = await h.stable({}, {});
      const again = await h.join({ memberId: leader!.memberId });
      expect(again.answer).to.equal(undefined);
      expect(h.coordinator.heartbeat(follower!)).to.equal(27);
      await h.join({ memberId: follower!.memberId });
      expect(again.answer).to.include({ errorCode: 0, generationId: 2, leader: leader!.memberId });
    });

    it('rebalances a Stable group when a follower brings other metadata', async () => {
      const [, follower] = await h.stable({}, {});
      await h.join({ memberId: follower!.memberId, protocols: [protocol('range', 'changed')] });
      expect(h.describe().state).to.equal('PreparingRebalance');
    });

    it('keeps the leader however late it rejoins', async () => {
      const [leader, follower] = await h.stable({}, {});
      const newcomer = await h.join();
      await h.join({ memberId: follower!.memberId });
      const leaderJoin = await h.join({ memberId: leader!.memberId });
      expect(newcomer.answer).to.include({ leader: leader!.memberId, generationId: 2 });
      expect(joinedAs(leaderJoin).memberId).to.equal(leader!.memberId);
    });
  });
});
