import { expect } from 'chai';
import { GroupCoordinator } from '../../../../pkg/devbroker/group/coordinator.js';
import { type GroupCoordinatorOptions } from '../../../../pkg/devbroker/group/options.js';
import {
  type GenerationRequest,
  type GroupDescription,
  type JoinGroupRequest,
  type JoinGroupResponse,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from '../../../../pkg/devbroker/group/types.js';
import { settle, VirtualClock } from './virtual_clock.js';

/** A request on its way: `answer` is undefined while the coordinator holds it. */
export interface Asked<T> {
  readonly answer: T | undefined;
}

/** A member that is in the group, as its client knows it. */
export interface Joined {
  readonly groupId: string;
  readonly memberId: string;
  readonly generationId: number;
  readonly groupInstanceId: string | null;
}

export const GROUP = 'group';
export const SESSION_MS = 10_000;
export const REBALANCE_MS = 30_000;
export const INITIAL_DELAY_MS = 50;
/** The first rebalance of members that join one right after the other is over after this time. */
export const FORMING_MS = 2 * INITIAL_DELAY_MS;

export function protocol(name: string, metadata = `${name}-metadata`): { name: string; metadata: Buffer } {
  return { name, metadata: Buffer.from(metadata) };
}

/** A coordinator under a virtual clock, and short forms of the requests to it. */
export class Harness {
  readonly clock = new VirtualClock();
  readonly rebalances: { groupId: string; generationId: number; memberIds: readonly string[] }[] = [];
  readonly coordinator: GroupCoordinator;

  constructor(options: GroupCoordinatorOptions = {}) {
    let ids = 0;
    this.coordinator = new GroupCoordinator({
      clock: this.clock,
      initialRebalanceDelayMs: INITIAL_DELAY_MS,
      newId: () => String(++ids),
      onRebalance: (groupId, generationId, memberIds) => {
        this.rebalances.push({ groupId, generationId, memberIds });
      },
      ...options,
    });
  }

  async join(overrides: Partial<JoinGroupRequest> = {}): Promise<Asked<JoinGroupResponse>> {
    return asked(
      this.coordinator.joinGroup({
        groupId: GROUP,
        sessionTimeoutMs: SESSION_MS,
        rebalanceTimeoutMs: REBALANCE_MS,
        memberId: '',
        protocolType: 'consumer',
        protocols: [protocol('range')],
        clientId: 'client',
        clientHost: '/127.0.0.1',
        requireKnownMemberId: false,
        ...overrides,
      }),
    );
  }

  async sync(
    member: GenerationRequest,
    overrides: Partial<SyncGroupRequest> = {},
  ): Promise<Asked<SyncGroupResponse>> {
    return asked(this.coordinator.syncGroup({ ...member, assignments: [], ...overrides }));
  }

  describe(): GroupDescription {
    return this.coordinator.describe(GROUP);
  }

  /**
   * Brings members of an empty group to CompletingRebalance, the leader first; each entry overrides one member's
   * join request.
   */
  async joinAll(...members: Partial<JoinGroupRequest>[]): Promise<Joined[]> {
    const joins: Asked<JoinGroupResponse>[] = [];
    for (const member of members) joins.push(await this.join(member));
    await this.clock.advance(FORMING_MS);
    return joins.map((join, i) => joinedAs(join, members[i]?.groupInstanceId));
  }

  /** As {@link joinAll}, then Stable with the assignments `assigned-0`, `assigned-1` and so on. */
  async stable(...members: Partial<JoinGroupRequest>[]): Promise<Joined[]> {
    const joined = await this.joinAll(...members);
    await this.syncAll(joined);
    return joined;
  }

  /** Followers first, the leader (the first) last. */
  async syncAll(joined: readonly Joined[]): Promise<Asked<SyncGroupResponse>[]> {
    const [leader, ...followers] = joined;
    const assignments = joined.map(({ memberId }, i) => ({
      memberId,
      assignment: Buffer.from(`assigned-${i}`),
    }));
    const syncs = await Promise.all(followers.map((follower) => this.sync(follower)));
    const first = await this.sync(leader!, { assignments });
    await settle();
    expect(this.describe().state).to.equal('Stable');
    return [first, ...syncs];
  }

  /** Keeps these members alive while `ms` passes. */
  async advanceAlive(ms: number, members: readonly GenerationRequest[]): Promise<void> {
    const step = SESSION_MS / 4;
    for (let passed = 0; passed < ms; passed += step) {
      for (const member of members) this.coordinator.heartbeat(member);
      await this.clock.advance(Math.min(step, ms - passed));
    }
  }
}

export function joinedAs(join: Asked<JoinGroupResponse>, groupInstanceId: string | null = null): Joined {
  expect(join.answer, 'the join is answered').to.include({ errorCode: 0 });
  const { memberId, generationId } = join.answer!;
  return { groupId: GROUP, memberId, generationId, groupInstanceId };
}

async function asked<T>(promise: Promise<T>): Promise<Asked<T>> {
  const holder: { answer: T | undefined } = { answer: undefined };
  void promise.then((answer) => {
    holder.answer = answer;
  });
  await settle();
  return holder;
}
