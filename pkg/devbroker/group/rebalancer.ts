import { type Clock } from '../clock.js';
import { type Group } from './group.js';
import { type Member, type Reply } from './member.js';
import { EMPTY_BYTES, syncFailure } from './replies.js';
import { Timer } from './timer.js';
import {
  type JoinGroupRequest,
  type JoinGroupResponse,
  type MemberAssignment,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from './types.js';

interface RebalancerOptions {
  readonly clock: Clock;
  readonly initialRebalanceDelayMs: number;
  readonly newMemberJoinTimeoutMs: number;
  readonly onRebalance: (groupId: string, generationId: number, memberIds: readonly string[]) => void;
}

/**
 * The classic protocol's state machine with its timers:
 * Empty → PreparingRebalance (members join) → CompletingRebalance (the leader assigns) → Stable, and back to
 * PreparingRebalance whenever the membership changes.
 */
export class Rebalancer {
  readonly #options: RebalancerOptions;
  readonly #clock: Clock;

  constructor(options: RebalancerOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  /** Gives out an id that has to join within the session timeout; until then a rebalance waits for it. */
  addPending(group: Group, memberId: string, sessionTimeoutMs: number): void {
    const expiry = new Timer();
    expiry.start(this.#clock, sessionTimeoutMs, () => {
      group.pendingJoins.delete(memberId);
      this.completeJoinIfAllJoined(group);
    });
    group.pendingJoins.set(memberId, expiry);
  }

  /** True when the id was pending. Whether the rebalance can go on without it is for the caller to check. */
  removePending(group: Group, memberId: string): boolean {
    group.pendingJoins.get(memberId)?.stop();
    return group.pendingJoins.delete(memberId);
  }

  addMember(group: Group, member: Member, protocolType: string, reply: Reply<JoinGroupResponse>): void {
    if (group.initialRebalance) group.newMemberAdded = true;
    member.isNew = true;
    group.add(member, protocolType);
    member.holdJoin(reply);
    // Its client may be gone without having learned the id, and then nobody would ever end its session.
    this.#startSession(group, member, this.#options.newMemberJoinTimeoutMs);
    this.rebalanceOrCompleteJoin(group);
  }

  rejoin(group: Group, member: Member, request: JoinGroupRequest, reply: Reply<JoinGroupResponse>): void {
    member.update(request);
    this.#holdJoin(member, reply);
    this.rebalanceOrCompleteJoin(group);
  }

  /**
   * A static member came back without its id. In a Stable group whose protocol stays the same it takes over the
   * place, the generation and the assignment of its predecessor, which is fenced.
   */
  replaceStatic(group: Group, old: Member, successor: Member, reply: Reply<JoinGroupResponse>): void {
    const { leaderId } = group;
    old.fail('FENCED_INSTANCE_ID', old.id);
    old.sessionTimer.stop();
    group.replace(old, successor);
    if (group.state === 'Stable' && group.selectProtocol() === group.protocolName) {
      this.touch(group, successor);
      // With its predecessor's id as the leader it acts as a follower, else it would compute an assignment that
      // nobody waits for. JoinGroup v9 has a flag for this.
      reply({ ...group.joinReply(successor), leader: leaderId, members: [] });
      return;
    }
    this.#holdJoin(successor, reply);
    this.rebalanceOrCompleteJoin(group);
  }

  /** Answers what the member waits for with UNKNOWN_MEMBER_ID and forgets it; the caller continues the rebalance. */
  remove(group: Group, member: Member): void {
    member.sessionTimer.stop();
    member.fail('UNKNOWN_MEMBER_ID', '');
    group.remove(member);
  }

  /** The members or their protocols changed: starts a rebalance, or ends the join phase when nobody is missing. */
  rebalanceOrCompleteJoin(group: Group): void {
    if (group.state === 'PreparingRebalance') this.completeJoinIfAllJoined(group);
    else this.#prepareRebalance(group);
  }

  /** What was waited for may be gone: ends the join phase when nobody is missing, but never an initial one. */
  completeJoinIfAllJoined(group: Group): void {
    if (group.state === 'PreparingRebalance' && !group.initialRebalance && group.allMembersJoined) {
      this.#completeJoin(group);
    }
  }

  /** A sign of life. A member that waits for its answer cannot give one, so its session is paused meanwhile. */
  touch(group: Group, member: Member): void {
    if (!member.awaitsJoin && !member.awaitsSync) this.#startSession(group, member, member.sessionTimeoutMs);
  }

  /** Holds the sync until the leader's own brings the assignments, which makes the generation live. */
  sync(group: Group, member: Member, request: SyncGroupRequest, reply: Reply<SyncGroupResponse>): void {
    member.holdSync(reply);
    member.sessionTimer.stop();
    group.pendingSyncs.delete(member.id);
    if (group.isLeader(member)) this.#assign(group, request.assignments);
  }

  /** The member joins again and learns nothing new. A sync of its that is still held was given up. */
  repeatJoin(group: Group, member: Member, reply: Reply<JoinGroupResponse>): void {
    if (member.awaitsSync) {
      member.answerSync(syncFailure('REBALANCE_IN_PROGRESS'));
      group.pendingSyncs.add(member.id);
    }
    this.touch(group, member);
    reply(group.joinReply(member));
  }

  /** The member got its assignment in a Stable group. */
  synced(group: Group, member: Member): void {
    group.pendingSyncs.delete(member.id);
    this.touch(group, member);
    this.#endSyncPhaseIfAllSynced(group);
  }

  /** Ends the group: every timer stops, every held request is answered. */
  kill(group: Group): void {
    for (const memberId of [...group.pendingJoins.keys()]) this.removePending(group, memberId);
    for (const member of group.members.values()) {
      member.sessionTimer.stop();
      member.fail('COORDINATOR_NOT_AVAILABLE', member.id);
    }
    group.joinTimer.stop();
    group.syncTimer.stop();
    group.state = 'Dead';
  }

  #assign(group: Group, assignments: readonly MemberAssignment[]): void {
    const byMember = new Map(assignments.map(({ memberId, assignment }) => [memberId, assignment]));
    group.state = 'Stable';
    for (const member of group.members.values()) {
      member.assignment = byMember.get(member.id) ?? EMPTY_BYTES;
      this.#releaseSync(group, member, group.syncReply(member));
    }
    this.#endSyncPhaseIfAllSynced(group);
    this.#notify(group);
  }

  #prepareRebalance(group: Group): void {
    for (const member of group.members.values()) {
      this.#releaseSync(group, member, syncFailure('REBALANCE_IN_PROGRESS'));
    }
    group.syncTimer.stop();
    group.initialRebalance = group.state === 'Empty';
    group.newMemberAdded = false;
    group.state = 'PreparingRebalance';
    if (group.initialRebalance) {
      const delayMs = this.#options.initialRebalanceDelayMs;
      this.#delayInitialRebalance(group, delayMs, Math.max(group.rebalanceTimeoutMs - delayMs, 0));
    } else if (group.allMembersJoined) {
      this.#completeJoin(group);
    } else {
      group.joinTimer.start(this.#clock, group.rebalanceTimeoutMs, () => {
        this.#completeJoin(group);
      });
    }
  }

  /** The first members of a group rarely come alone: each newcomer extends the wait, up to the rebalance timeout. */
  #delayInitialRebalance(group: Group, delayMs: number, remainingMs: number): void {
    group.joinTimer.start(this.#clock, delayMs, () => {
      if (!group.newMemberAdded || remainingMs === 0) {
        this.#completeJoin(group);
        return;
      }
      group.newMemberAdded = false;
      const nextMs = Math.min(this.#options.initialRebalanceDelayMs, remainingMs);
      this.#delayInitialRebalance(group, nextMs, Math.max(remainingMs - delayMs, 0));
    });
  }

  /** Ends the join phase. Dynamic members that did not rejoin are out; static ones have until their session ends. */
  #completeJoin(group: Group): void {
    group.joinTimer.stop();
    for (const member of [...group.members.values()]) {
      if (!member.awaitsJoin && member.instanceId === null) this.remove(group, member);
    }
    if (group.members.size > 0 && !group.electJoinedLeader()) {
      group.joinTimer.start(this.#clock, group.rebalanceTimeoutMs, () => {
        this.#completeJoin(group);
      });
      return;
    }
    group.nextGeneration();
    if (group.state === 'Empty') {
      this.#notify(group);
      return;
    }
    for (const member of group.members.values()) {
      member.answerJoin(group.joinReply(member));
      member.isNew = false;
      this.touch(group, member);
      group.pendingSyncs.add(member.id);
    }
    group.syncTimer.start(this.#clock, group.rebalanceTimeoutMs, () => {
      this.#expirePendingSyncs(group);
    });
  }

  #expirePendingSyncs(group: Group): void {
    for (const memberId of [...group.pendingSyncs]) {
      const member = group.members.get(memberId);
      if (member !== undefined) this.remove(group, member);
    }
    this.#prepareRebalance(group);
  }

  #releaseSync(group: Group, member: Member, response: SyncGroupResponse): void {
    if (!member.awaitsSync) return;
    member.answerSync(response);
    this.touch(group, member);
  }

  /** Once all members asked for their assignment, none is thrown out for not asking. */
  #endSyncPhaseIfAllSynced(group: Group): void {
    if (group.pendingSyncs.size === 0) group.syncTimer.stop();
  }

  #holdJoin(member: Member, reply: Reply<JoinGroupResponse>): void {
    member.holdJoin(reply);
    if (!member.isNew) member.sessionTimer.stop();
  }

  #startSession(group: Group, member: Member, ms: number): void {
    member.sessionTimer.start(this.#clock, ms, () => {
      this.remove(group, member);
      this.rebalanceOrCompleteJoin(group);
    });
  }

  #notify(group: Group): void {
    this.#options.onRebalance(group.id, group.generationId, [...group.members.keys()]);
  }
}
