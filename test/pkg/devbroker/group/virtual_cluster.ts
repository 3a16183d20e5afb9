import { GroupCoordinator } from '../../../../pkg/devbroker/group/coordinator.js';
import {
  type GenerationRequest,
  type JoinGroupRequest,
  type JoinGroupResponse,
  type MemberAssignment,
  type MemberIdentity,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from '../../../../pkg/devbroker/group/types.js';
import { settle, VirtualClock } from './virtual_clock.js';
import {
  type MemberWorld,
  REBALANCE_MS,
  SESSION_MS,
  VirtualMember,
  type VirtualMemberOptions,
} from './virtual_member.js';

const PARTITIONS = 16;
const NEW_MEMBER_JOIN_TIMEOUT_MS = 2_000;
/** By then every session, rebalance and freeze that the storm left behind has ended, one after the other. */
const CALM_MS = 3 * NEW_MEMBER_JOIN_TIMEOUT_MS + 10 * (SESSION_MS + REBALANCE_MS);

interface Assigned {
  readonly generationId: number;
  readonly partitions: readonly number[];
}

/** A coordinator, its members and the network between them; it checks what must hold whatever happens. */
export class VirtualCluster implements MemberWorld {
  readonly groupId = 'group';
  readonly clock = new VirtualClock();
  readonly members: VirtualMember[] = [];
  readonly #coordinator: GroupCoordinator;
  readonly #latencies: readonly number[];
  #sent = 0;
  #unanswered = 0;
  #failure: Error | null = null;
  #liveGeneration = 0;
  #committedGeneration = 0;
  readonly #leaders = new Map<number, string>();
  readonly #protocols = new Map<number, string>();
  readonly #owners = new Map<string, string>();

  /** `latencies` are those of the messages in their order, in milliseconds, over and over. */
  constructor(latencies: readonly number[]) {
    this.#latencies = latencies;
    let ids = 0;
    this.#coordinator = new GroupCoordinator({
      clock: this.clock,
      minSessionTimeoutMs: 10,
      newMemberJoinTimeoutMs: NEW_MEMBER_JOIN_TIMEOUT_MS,
      newId: () => String(++ids),
      onRebalance: (_, generationId, memberIds) => {
        this.check(generationId > this.#liveGeneration, `generation ${generationId} is live twice`);
        this.#liveGeneration = generationId;
        this.#checkUnique(memberIds, 'member of a generation');
      },
    });
  }

  /** A static member's earlier incarnations stay: whoever of them is alive will be fenced, or fences the new one. */
  start(options: VirtualMemberOptions): void {
    const rivals = this.members.filter(
      (m) => m.alive && m.options.instanceId !== null && m.options.instanceId === options.instanceId,
    );
    const member = new VirtualMember(this, options);
    this.members.push(member);
    for (const rival of rivals) {
      rival.excuse(true);
      member.excuse(true);
    }
  }

  /** An operator throws an instance out. */
  removeInstance(instanceId: string): void {
    for (const member of this.members) if (member.options.instanceId === instanceId) member.excuse();
    this.leave([{ memberId: '', groupInstanceId: instanceId }]);
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    if (this.#failure !== null) throw this.#failure;
    this.#checkGroup();
  }

  /** After the storm everybody left belongs to one Stable generation; after the end nothing waits for an answer. */
  async calmDown(): Promise<void> {
    await this.advance(CALM_MS);
    const alive = this.members.filter((member) => member.alive);
    const { state, members } = this.#coordinator.describe(this.groupId);
    const ids = members.map(({ memberId }) => memberId).sort();
    this.check(
      alive.length === 0 ? state === 'Empty' || state === 'Dead' : state === 'Stable',
      `ended ${state}`,
    );
    this.check(
      ids.join() ===
        alive
          .map(({ memberId }) => memberId)
          .sort()
          .join(),
      `members ${ids.join()} instead of those alive`,
    );
    for (const member of alive) {
      const { name } = member.options;
      this.check(member.partitions !== null, `${name} has no assignment`);
      this.check(
        member.generationId === this.#liveGeneration,
        `${name} is in generation ${member.generationId}`,
      );
    }
    for (const member of alive) member.crash();
    this.#coordinator.close();
    await settle();
    this.check(this.#unanswered === 0, `${this.#unanswered} requests were never answered`);
  }

  check(holds: boolean, message: string): void {
    if (!holds) throw new Error(`at ${this.clock.now()} ms: ${message}`);
  }

  deliver(fn: () => void): void {
    this.clock.setTimeout(fn, this.#latencies[this.#sent++ % this.#latencies.length] ?? 0);
  }

  request<T>(fn: () => T | Promise<T>, handle: (response: T) => void): void {
    this.deliver(() => {
      this.#unanswered += 1;
      Promise.resolve(fn()).then(
        (response) => {
          this.#unanswered -= 1;
          this.deliver(() => {
            handle(response);
          });
        },
        (error: unknown) => {
          this.#failure = new Error('a request was rejected', { cause: error });
        },
      );
    });
  }

  join(request: JoinGroupRequest): Promise<JoinGroupResponse> {
    return this.#coordinator.joinGroup(request);
  }

  sync(request: SyncGroupRequest): Promise<SyncGroupResponse> {
    return this.#coordinator.syncGroup(request);
  }

  heartbeat(request: GenerationRequest): number {
    return this.#coordinator.heartbeat(request);
  }

  leave(members: readonly MemberIdentity[]): void {
    this.#coordinator.leaveGroup({ groupId: this.groupId, members });
  }

  /** An accepted commit shows whose assignment is live: no partition may have two owners, no generation come back. */
  commit(request: GenerationRequest, { partitions, options }: VirtualMember): number {
    const errorCode = this.#coordinator.validateCommit(request);
    if (errorCode !== 0) return errorCode;
    const { generationId, memberId } = request;
    this.check(
      generationId >= this.#committedGeneration,
      `generation ${generationId} commits after a later one`,
    );
    this.#committedGeneration = generationId;
    for (const partition of partitions ?? []) {
      const key = `${generationId}/${partition}`;
      const owner = options.instanceId ?? memberId;
      this.check((this.#owners.get(key) ?? owner) === owner, `partition ${key} has a second owner ${owner}`);
      this.#owners.set(key, owner);
    }
    return errorCode;
  }

  /** What every answer to a join promises. */
  joined(response: JoinGroupResponse, { options }: VirtualMember): void {
    const { generationId, memberId, leader, members, protocolName } = response;
    const name = protocolName ?? '';
    this.check(options.protocols.includes(name), `${options.name} does not know protocol ${name}`);
    const sameProtocol = (this.#protocols.get(generationId) ?? name) === name;
    this.check(sameProtocol, `generation ${generationId} has two protocols`);
    this.#protocols.set(generationId, name);
    this.check(
      members.length === 0 || leader === memberId,
      `${memberId} got the members of leader ${leader}`,
    );
    this.check(members.length > 0 || leader !== memberId, `leader ${leader} got no members`);
    if (members.length === 0) return;
    const sameLeader = (this.#leaders.get(generationId) ?? leader) === leader;
    this.check(sameLeader, `generation ${generationId} has two leaders`);
    this.#leaders.set(generationId, leader);
    this.#checkUnique(
      members.map((member) => member.memberId),
      'member of the list',
    );
    this.#checkUnique(
      members.flatMap(({ groupInstanceId }) => groupInstanceId ?? []),
      'instance of the list',
    );
  }

  /** Deals the partitions out. */
  assign({ generationId, members }: JoinGroupResponse): MemberAssignment[] {
    return members.map(({ memberId }, i) => {
      const partitions = Array.from({ length: PARTITIONS }, (_, p) => p).filter(
        (p) => p % members.length === i,
      );
      const assigned: Assigned = { generationId, partitions };
      return { memberId, assignment: Buffer.from(JSON.stringify(assigned)) };
    });
  }

  assigned(assignment: Buffer, { generationId, options }: VirtualMember): readonly number[] {
    const assigned = decode(assignment);
    const same = assigned.generationId === generationId;
    this.check(same, `${options.name} of generation ${generationId} got one of ${assigned.generationId}`);
    return assigned.partitions;
  }

  #checkGroup(): void {
    const { state, members } = this.#coordinator.describe(this.groupId);
    this.#checkUnique(
      members.map(({ memberId }) => memberId),
      'member',
    );
    this.#checkUnique(
      members.flatMap(({ groupInstanceId }) => groupInstanceId ?? []),
      'instance',
    );
    if (state !== 'Stable') return;
    const byMember = new Map(members.map(({ memberId, assignment }) => [memberId, decode(assignment)]));
    const all = [...byMember.values()];
    this.check(
      all.every(({ generationId }) => generationId === this.#liveGeneration),
      'assignments are mixed',
    );
    const dealt = all.flatMap(({ partitions }) => partitions).sort((a, b) => a - b);
    this.check(dealt.join() === [...Array(PARTITIONS).keys()].join(), `partitions ${dealt.join()} are dealt`);
    for (const { memberId, generationId, partitions, options } of this.members) {
      if (partitions === null || generationId !== this.#liveGeneration || !byMember.has(memberId)) continue;
      this.check(
        byMember.get(memberId)?.partitions.join() === partitions.join(),
        `${options.name} owns others`,
      );
    }
  }

  #checkUnique(names: readonly string[], what: string): void {
    this.check(new Set(names).size === names.length, `a ${what} is twice in ${names.join()}`);
  }
}

function decode(assignment: Buffer): Assigned {
  return JSON.parse(assignment.toString()) as Assigned;
}
