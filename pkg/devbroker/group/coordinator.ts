import { randomUUID } from 'node:crypto';
import { systemClock } from '../clock.js';
import { ErrorCode } from '../wire/errors.js';
import { commitError } from './commit_error.js';
import { Group } from './group.js';
import { Member, type Reply } from './member.js';
import { type GroupCoordinatorOptions, type SessionLimits, sessionLimits } from './options.js';
import { Rebalancer } from './rebalancer.js';
import { type GroupErrorName, joinFailure, syncFailure } from './replies.js';
import {
  type CommitRequest,
  type GenerationRequest,
  type GroupDescription,
  type GroupListing,
  type GroupState,
  type JoinGroupRequest,
  type JoinGroupResponse,
  type LeaveGroupResponse,
  type MemberIdentity,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from './types.js';

/**
 * The server side of the classic consumer group protocol, with the semantics and error codes of Apache Kafka's
 * group coordinator. Only joins and syncs wait for other members, hence only they return promises; these never
 * reject. Everything else is decided at once, so that a commit cannot slip between its check and its effect.
 *
 * A member is known by its requests alone: one whose connection dies stays until its session times out.
 */
export class GroupCoordinator {
  readonly #groups = new Map<string, Group>();
  readonly #rebalancer: Rebalancer;
  readonly #offsets: GroupCoordinatorOptions['offsets'];
  readonly #newId: () => string;
  readonly #sessionLimits: SessionLimits;
  #closed = false;

  /** @throws RangeError when a limit of the session timeout is out of its range. */
  constructor(options: GroupCoordinatorOptions = {}) {
    this.#sessionLimits = sessionLimits(options);
    this.#offsets = options.offsets;
    this.#newId = options.newId ?? randomUUID;
    this.#rebalancer = new Rebalancer({
      clock: options.clock ?? systemClock,
      initialRebalanceDelayMs: options.initialRebalanceDelayMs ?? 20,
      newMemberJoinTimeoutMs: options.newMemberJoinTimeoutMs ?? 300_000,
      onRebalance: options.onRebalance ?? (() => undefined),
    });
  }

  /** Answered when the join phase ends, at once with an error or when nothing changes for the group. */
  joinGroup(request: JoinGroupRequest): Promise<JoinGroupResponse> {
    return new Promise((reply) => {
      const error = this.#joinRequestError(request);
      if (error !== 'NONE') reply(joinFailure(error, request.memberId));
      else if (request.memberId === '') this.#joinWithoutId(request, reply);
      else this.#joinWithId(request, reply);
    });
  }

  /** Answered with the member's assignment when the leader has sent it, or with an error. */
  syncGroup(request: SyncGroupRequest): Promise<SyncGroupResponse> {
    return new Promise((reply) => {
      const found = this.#memberOfGeneration(request);
      if ('error' in found) {
        reply(syncFailure(found.error));
        return;
      }
      const { group, member } = found;
      const otherProtocol =
        (request.protocolType ?? group.protocolType) !== group.protocolType ||
        (request.protocolName ?? group.protocolName) !== group.protocolName;
      if (otherProtocol) {
        reply(syncFailure('INCONSISTENT_GROUP_PROTOCOL'));
      } else if (group.state === 'PreparingRebalance') {
        reply(syncFailure('REBALANCE_IN_PROGRESS'));
      } else if (group.state === 'CompletingRebalance') {
        this.#rebalancer.sync(group, member, request, reply);
      } else {
        this.#rebalancer.synced(group, member);
        reply(group.syncReply(member));
      }
    });
  }

  /** @returns the error code: 27 tells the member to join again, 22, 25 and 82 that it is out. */
  heartbeat(request: GenerationRequest): number {
    const found = this.#memberOfGeneration(request);
    if ('error' in found) return ErrorCode[found.error];
    const { group, member } = found;
    this.#rebalancer.touch(group, member);
    return group.state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
  }

  /**
   * Removes members at once. A static member may be named by its instance id alone, with an empty member id: an
   * operator does so, since static members do not leave by themselves.
   */
  leaveGroup({
    groupId,
    members,
  }: {
    readonly groupId: string;
    readonly members: readonly MemberIdentity[];
  }): LeaveGroupResponse {
    const error = this.#requestError(groupId);
    if (error !== 'NONE') return { errorCode: ErrorCode[error], members: [] };
    const group = this.#groups.get(groupId);
    const sizeBefore = group?.members.size;
    const answers = members.map((identity) => ({
      memberId: identity.memberId,
      groupInstanceId: identity.groupInstanceId ?? null,
      errorCode: ErrorCode[group === undefined ? 'UNKNOWN_MEMBER_ID' : this.#removeLeaving(group, identity)],
    }));
    if (group !== undefined) {
      if (group.members.size !== sizeBefore) this.#rebalancer.rebalanceOrCompleteJoin(group);
      else this.#rebalancer.completeJoinIfAllJoined(group);
    }
    return { errorCode: ErrorCode.NONE, members: answers };
  }

  /** A group that does not exist is Dead, one that only has offsets is Empty. */
  describe(groupId: string): GroupDescription {
    const group = this.#groups.get(groupId);
    if (group !== undefined) return group.describe();
    const state = this.#offsets?.hasGroup(groupId) === true ? 'Empty' : 'Dead';
    return { groupId, state, protocolType: '', protocolName: '', members: [] };
  }

  /** All groups, or those in one of the given states, whose names are compared without case. */
  list(states: readonly string[] = []): GroupListing[] {
    const wanted = new Set(states.map((state) => state.toLowerCase()));
    const offsetsOnly = (this.#offsets?.groups() ?? []).filter((groupId) => !this.#groups.has(groupId));
    return [
      ...[...this.#groups.values()].map(({ id, protocolType, state }) => listing(id, state, protocolType)),
      ...offsetsOnly.map((groupId) => listing(groupId, 'Empty', null)),
    ].filter(({ state }) => wanted.size === 0 || wanted.has(state.toLowerCase()));
  }

  /** Deletes groups without members, and their offsets with them. */
  deleteGroups(groupIds: readonly string[]): { groupId: string; errorCode: number }[] {
    return groupIds.map((groupId) => ({ groupId, errorCode: ErrorCode[this.#deleteGroup(groupId)] }));
  }

  /**
   * Forgets the groups that have nothing to be remembered: no members, no ids given out, no offsets. Apache Kafka does
   * so at intervals too, so that a group's generations count on when its members are away for a short while.
   */
  forgetUnused(): void {
    for (const [groupId, { state, pendingJoins }] of this.#groups) {
      const unused = state === 'Empty' && pendingJoins.size === 0;
      if (unused && this.#offsets?.hasGroup(groupId) !== true) this.#groups.delete(groupId);
    }
  }

  /**
   * @returns the error code of an OffsetCommit, 0 when it is allowed, which counts as a sign of life. Without a member
   * (generation -1, empty member id) it is allowed only while the group has none.
   */
  validateCommit(request: CommitRequest): number {
    return ErrorCode[this.#commitError(request)];
  }

  /** True unless the group is Empty or does not exist. A group that waits for its first members has some already. */
  hasMembers(groupId: string): boolean {
    return (this.#groups.get(groupId)?.state ?? 'Empty') !== 'Empty';
  }

  /** Whether members of the last generation read this topic; true for a consumer group whose metadata is unreadable. */
  isSubscribed(groupId: string, topic: string): boolean {
    return this.#groups.get(groupId)?.isSubscribed(topic) ?? false;
  }

  /** Answers every held and every later request with COORDINATOR_NOT_AVAILABLE and leaves no timer behind. */
  close(): void {
    this.#closed = true;
    for (const group of this.#groups.values()) this.#rebalancer.kill(group);
    this.#groups.clear();
  }

  #requestError(groupId: string): GroupErrorName {
    if (this.#closed) return 'COORDINATOR_NOT_AVAILABLE';
    return groupId === '' ? 'INVALID_GROUP_ID' : 'NONE';
  }

  #joinRequestError(request: JoinGroupRequest): GroupErrorName {
    const error = this.#requestError(request.groupId);
    if (error !== 'NONE') return error;
    const { sessionTimeoutMs } = request;
    const { minMs, maxMs } = this.#sessionLimits;
    return sessionTimeoutMs >= minMs && sessionTimeoutMs <= maxMs ? 'NONE' : 'INVALID_SESSION_TIMEOUT';
  }

  #joinWithoutId(request: JoinGroupRequest, reply: Reply<JoinGroupResponse>): void {
    const group = this.#groups.get(request.groupId) ?? new Group(request.groupId);
    if (!accepts(group, request)) {
      reply(joinFailure('INCONSISTENT_GROUP_PROTOCOL', ''));
      return;
    }
    this.#groups.set(group.id, group);
    const instanceId = request.groupInstanceId ?? null;
    const memberId = `${instanceId ?? request.clientId}-${this.#newId()}`;
    const predecessor = instanceId === null ? undefined : group.staticMember(instanceId);
    if (predecessor !== undefined) {
      this.#rebalancer.replaceStatic(group, predecessor, new Member(memberId, request), reply);
    } else if (request.requireKnownMemberId && instanceId === null) {
      this.#rebalancer.addPending(group, memberId, request.sessionTimeoutMs);
      reply(joinFailure('MEMBER_ID_REQUIRED', memberId));
    } else {
      this.#rebalancer.addMember(group, new Member(memberId, request), request.protocolType, reply);
    }
  }

  #joinWithId(request: JoinGroupRequest, reply: Reply<JoinGroupResponse>): void {
    const { groupId, memberId } = request;
    const group = this.#groups.get(groupId);
    if (group === undefined) {
      reply(joinFailure('UNKNOWN_MEMBER_ID', memberId));
      return;
    }
    if (!accepts(group, request)) {
      reply(joinFailure('INCONSISTENT_GROUP_PROTOCOL', memberId));
      return;
    }
    if (request.groupInstanceId == null && this.#rebalancer.removePending(group, memberId)) {
      this.#rebalancer.addMember(group, new Member(memberId, request), request.protocolType, reply);
      return;
    }
    const error = group.identityError(request);
    const member = group.members.get(memberId);
    if (error !== 'NONE' || member === undefined) {
      reply(joinFailure(error, memberId));
      return;
    }
    // A leader that joins a Stable group wants a new assignment, say because a topic has more partitions now.
    const nothingNew =
      member.matches(request.protocols) &&
      (group.state === 'CompletingRebalance' || (group.state === 'Stable' && !group.isLeader(member)));
    if (nothingNew) this.#rebalancer.repeatJoin(group, member, reply);
    else this.#rebalancer.rejoin(group, member, request, reply);
  }

  /** The checks that sync and heartbeat share. */
  #memberOfGeneration(
    request: GenerationRequest,
  ): { readonly group: Group; readonly member: Member } | { readonly error: GroupErrorName } {
    const requestError = this.#requestError(request.groupId);
    if (requestError !== 'NONE') return { error: requestError };
    const group = this.#groups.get(request.groupId);
    if (group === undefined) return { error: 'UNKNOWN_MEMBER_ID' };
    const error = group.identityError(request);
    const member = group.members.get(request.memberId);
    if (error !== 'NONE' || member === undefined) return { error };
    if (request.generationId !== group.generationId) return { error: 'ILLEGAL_GENERATION' };
    return { group, member };
  }

  #removeLeaving(group: Group, { memberId, groupInstanceId }: MemberIdentity): GroupErrorName {
    if (memberId !== '' && this.#rebalancer.removePending(group, memberId)) return 'NONE';
    const byInstance = memberId === '' && groupInstanceId != null;
    const id = byInstance ? (group.staticMember(groupInstanceId)?.id ?? '') : memberId;
    const error = group.identityError({ memberId: id, groupInstanceId });
    const member = group.members.get(id);
    if (error === 'NONE' && member !== undefined) this.#rebalancer.remove(group, member);
    return error;
  }

  #deleteGroup(groupId: string): GroupErrorName {
    const group = this.#groups.get(groupId);
    if (this.#closed) return 'COORDINATOR_NOT_AVAILABLE';
    if (group === undefined && this.#offsets?.hasGroup(groupId) !== true) return 'GROUP_ID_NOT_FOUND';
    if (this.hasMembers(groupId)) return 'NON_EMPTY_GROUP';
    if (group !== undefined) this.#rebalancer.kill(group);
    this.#groups.delete(groupId);
    this.#offsets?.deleteGroup(groupId);
    return 'NONE';
  }

  #commitError(request: CommitRequest): GroupErrorName {
    if (this.#closed) return 'COORDINATOR_NOT_AVAILABLE';
    const group = this.#groups.get(request.groupId);
    const error = commitError(group, request);
    const member = group?.members.get(request.memberId);
    const showsLife = error === 'NONE' && request.generationId >= 0 && request.transactional !== true;
    if (showsLife && group && member) this.#rebalancer.touch(group, member);
    return error;
  }
}

function accepts(group: Group, { protocolType, protocols }: JoinGroupRequest): boolean {
  return group.accepts(
    protocolType,
    protocols.map(({ name }) => name),
  );
}

function listing(groupId: string, state: GroupState, protocolType: string | null): GroupListing {
  return { groupId, state, protocolType: protocolType ?? '' };
}
