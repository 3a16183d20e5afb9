import { type Member } from './member.js';
import { EMPTY_BYTES, type GroupErrorName } from './replies.js';
import { subscribedTopics } from './subscription.js';
import { Timer } from './timer.js';
import {
  type GroupDescription,
  type GroupState,
  type JoinedMember,
  type JoinGroupResponse,
  type MemberIdentity,
  type SyncGroupResponse,
} from './types.js';

/** The protocol type whose metadata is a consumer's subscription. */
const CONSUMER_PROTOCOL_TYPE = 'consumer';

/** One group's members and what they agreed on. When it moves from state to state is up to the Rebalancer. */
export class Group {
  readonly id: string;
  state: GroupState = 'Empty';
  generationId = 0;
  protocolType: string | null = null;
  protocolName: string | null = null;
  /** In the order of joining. */
  readonly members = new Map<string, Member>();
  /** Ids given out with MEMBER_ID_REQUIRED that have not joined yet, each with its expiry. */
  readonly pendingJoins = new Map<string, Timer>();
  /** Members of the last generation that have not asked for their assignment, whatever state the group is in. */
  readonly pendingSyncs = new Set<string>();
  /** Whether PreparingRebalance was last entered from Empty: such a rebalance only ends by its delay. */
  initialRebalance = false;
  newMemberAdded = false;
  readonly joinTimer = new Timer();
  readonly syncTimer = new Timer();
  #leaderId: string | null = null;
  readonly #staticIds = new Map<string, string>();
  #topics: ReadonlySet<string> | null = null;

  constructor(id: string) {
    this.id = id;
  }

  isLeader(member: Member): boolean {
    return member.id === this.#leaderId;
  }

  get leaderId(): string {
    return this.#leaderId ?? '';
  }

  staticMember(instanceId: string): Member | undefined {
    const id = this.#staticIds.get(instanceId);
    return id === undefined ? undefined : this.members.get(id);
  }

  add(member: Member, protocolType: string): void {
    if (this.members.size === 0) this.protocolType = protocolType;
    if (member.instanceId !== null) this.#staticIds.set(member.instanceId, member.id);
    this.#leaderId ??= member.id;
    this.members.set(member.id, member);
  }

  remove(member: Member): void {
    this.members.delete(member.id);
    this.pendingSyncs.delete(member.id);
    if (member.instanceId !== null) this.#staticIds.delete(member.instanceId);
    if (this.isLeader(member)) this.#leaderId = this.members.keys().next().value ?? null;
  }

  /** Puts a static member's new incarnation in the place of the old one: its turn, its lead, its assignment. */
  replace(old: Member, successor: Member): void {
    successor.assignment = old.assignment;
    const all = [...this.members.values()];
    this.members.clear();
    for (const member of all) {
      const kept = member === old ? successor : member;
      this.members.set(kept.id, kept);
    }
    if (successor.instanceId !== null) this.#staticIds.set(successor.instanceId, successor.id);
    if (this.isLeader(old)) this.#leaderId = successor.id;
    if (this.pendingSyncs.delete(old.id)) this.pendingSyncs.add(successor.id);
  }

  /**
   * The error of a request that names a member this group does not have, or an instance id whose member is another
   * one by now.
   */
  identityError({ memberId, groupInstanceId }: MemberIdentity): GroupErrorName {
    if (groupInstanceId != null) {
      const current = this.#staticIds.get(groupInstanceId);
      if (current === undefined) return 'UNKNOWN_MEMBER_ID';
      if (current !== memberId) return 'FENCED_INSTANCE_ID';
    }
    return this.members.has(memberId) ? 'NONE' : 'UNKNOWN_MEMBER_ID';
  }

  get allMembersJoined(): boolean {
    if (this.pendingJoins.size > 0) return false;
    for (const member of this.members.values()) if (!member.awaitsJoin) return false;
    return true;
  }

  /** Milliseconds: the longest of the members' rebalance timeouts, 0 without members. */
  get rebalanceTimeoutMs(): number {
    let longest = 0;
    for (const member of this.members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs);
    return longest;
  }

  /** Whether a member with these protocols leaves at least one that all have in common. */
  accepts(protocolType: string, protocolNames: readonly string[]): boolean {
    if (this.state === 'Empty') return protocolType !== '' && protocolNames.length > 0;
    return protocolType === this.protocolType && protocolNames.some((name) => this.#supportedByAll(name));
  }

  /**
   * Each member votes for the first of its protocols that all support; the most votes win, and of equals the one
   * that was voted for first.
   */
  selectProtocol(): string | null {
    const votes = new Map<string, number>();
    for (const member of this.members.values()) {
      const vote = member.protocols.find(({ name }) => this.#supportedByAll(name));
      if (vote !== undefined) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1);
    }
    let winner: string | null = null;
    for (const [name, count] of votes) if (winner === null || count > (votes.get(winner) ?? 0)) winner = name;
    return winner;
  }

  /** Keeps the leader when it has rejoined, else elects the longest-standing member that has; false when none has. */
  electJoinedLeader(): boolean {
    if (this.#leaderId !== null && this.members.get(this.#leaderId)?.awaitsJoin === true) return true;
    for (const member of this.members.values()) {
      if (member.awaitsJoin) {
        this.#leaderId = member.id;
        return true;
      }
    }
    return false;
  }

  nextGeneration(): void {
    this.generationId += 1;
    this.protocolName = this.selectProtocol();
    this.#topics = this.#computeTopics();
    this.state = this.members.size === 0 ? 'Empty' : 'CompletingRebalance';
  }

  /** Where the subscription cannot be read, a consumer group counts as subscribed to everything. */
  isSubscribed(topic: string): boolean {
    return this.#topics === null ? this.protocolType === CONSUMER_PROTOCOL_TYPE : this.#topics.has(topic);
  }

  /** The answer to a join in the current generation; its member list is for the leader alone. */
  joinReply(member: Member): JoinGroupResponse {
    return {
      errorCode: 0,
      generationId: this.generationId,
      protocolType: this.protocolType,
      protocolName: this.protocolName,
      leader: this.leaderId,
      memberId: member.id,
      members: this.isLeader(member) ? [...this.members.values()].map((m) => this.#joined(m)) : [],
    };
  }

  syncReply(member: Member): SyncGroupResponse {
    const { protocolType, protocolName } = this;
    return { errorCode: 0, protocolType, protocolName, assignment: member.assignment };
  }

  describe(): GroupDescription {
    const stable = this.state === 'Stable';
    return {
      groupId: this.id,
      state: this.state,
      protocolType: this.protocolType ?? '',
      protocolName: stable ? (this.protocolName ?? '') : '',
      members: [...this.members.values()].map((member) => ({
        ...this.#joined(member),
        ...(stable ? {} : { metadata: EMPTY_BYTES }),
        clientId: member.clientId,
        clientHost: member.clientHost,
        assignment: stable ? member.assignment : EMPTY_BYTES,
      })),
    };
  }

  #joined(member: Member): JoinedMember {
    return {
      memberId: member.id,
      groupInstanceId: member.instanceId,
      metadata: member.metadata(this.protocolName),
    };
  }

  #supportedByAll(protocolName: string): boolean {
    for (const member of this.members.values()) if (!member.supports(protocolName)) return false;
    return true;
  }

  #computeTopics(): ReadonlySet<string> | null {
    if (this.protocolType !== CONSUMER_PROTOCOL_TYPE) return null;
    const all = new Set<string>();
    for (const member of this.members.values()) {
      const topics = subscribedTopics(member.metadata(this.protocolName));
      if (topics === null) return null;
      for (const topic of topics) all.add(topic);
    }
    return all;
  }
}
