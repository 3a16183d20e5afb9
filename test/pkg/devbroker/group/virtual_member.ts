import { type Clock } from '../../../../pkg/devbroker/clock.js';
import {
  type GenerationRequest,
  type JoinGroupRequest,
  type JoinGroupResponse,
  type MemberAssignment,
  type MemberIdentity,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from '../../../../pkg/devbroker/group/types.js';

/** Milliseconds. A member that behaves is never near a timeout: heartbeats and latency are far below both. */
export const HEARTBEAT_MS = 50;
export const SESSION_MS = 300;
export const REBALANCE_MS = 400;

export interface VirtualMemberOptions {
  readonly name: string;
  readonly instanceId: string | null;
  readonly requireKnownMemberId: boolean;
  readonly protocols: readonly string[];
}

/** What a member reaches of the world, and the checks that it passes what it learns to. */
export interface MemberWorld {
  readonly groupId: string;
  readonly clock: Clock;
  /** Throws when `holds` is false. */
  check(holds: boolean, message: string): void;
  /** Carries a one-way message. */
  deliver(fn: () => void): void;
  /** Carries a request and its answer, each with its own latency. */
  request<T>(fn: () => T | Promise<T>, handle: (response: T) => void): void;
  join(request: JoinGroupRequest): Promise<JoinGroupResponse>;
  sync(request: SyncGroupRequest): Promise<SyncGroupResponse>;
  heartbeat(request: GenerationRequest): number;
  commit(request: GenerationRequest, member: VirtualMember): number;
  leave(members: readonly MemberIdentity[]): void;
  joined(response: JoinGroupResponse, member: VirtualMember): void;
  /** The leader's part: nothing for the others. */
  assign(response: JoinGroupResponse): MemberAssignment[];
  assigned(assignment: Buffer, member: VirtualMember): readonly number[];
}

/**
 * A client that follows the protocol as a consumer does: join, sync, heartbeat, and again when it is told to. It can
 * be frozen, cut off, restarted and made to repeat requests; while nothing of that happens to it, it must not be
 * thrown out.
 */
export class VirtualMember {
  readonly options: VirtualMemberOptions;
  readonly #world: MemberWorld;
  alive = true;
  /** Owned partitions while it believes to be a member of `generationId`. */
  partitions: readonly number[] | null = null;
  memberId = '';
  generationId = -1;
  protocolName: string | null = null;
  /** Why it may be told that it is no member: set by whatever happens to it, ended by a heartbeat sent later. */
  #excuse: { readonly forever: boolean } | null = { forever: false };
  #frozenUntil = 0;
  /** Answers to requests of earlier attempts are not listened to. */
  #attempt = 0;
  #metadata = 0;

  constructor(world: MemberWorld, options: VirtualMemberOptions) {
    this.#world = world;
    this.options = options;
    this.#join();
  }

  /** From here on it may be thrown out: until it is in good standing again or, when it shares its instance id, forever. */
  excuse(forever = false): void {
    this.#excuse = { forever: forever || this.#excuse?.forever === true };
  }

  freeze(ms: number): void {
    this.excuse();
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#world.clock.now() + ms);
  }

  /** Joins again whatever it waits for, as after a request timeout, perhaps with another subscription. */
  rejoin(changed: boolean): void {
    this.excuse();
    if (changed) this.#metadata += 1;
    this.#join();
  }

  /** Is gone without a word, in whatever it waits for. */
  crash(): void {
    this.alive = false;
    this.partitions = null;
    this.#attempt += 1;
  }

  leave(): void {
    const members = [{ memberId: this.memberId, groupInstanceId: this.options.instanceId }];
    this.crash();
    this.#world.deliver(() => {
      this.#world.leave(members);
    });
  }

  #identity(): GenerationRequest {
    const { memberId, generationId } = this;
    return {
      groupId: this.#world.groupId,
      memberId,
      generationId,
      groupInstanceId: this.options.instanceId,
    };
  }

  #join(): void {
    this.partitions = null;
    const request = {
      ...this.#identity(),
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
      protocolType: 'consumer',
      protocols: this.options.protocols.map((name) => ({ name, metadata: Buffer.from(`${this.#metadata}`) })),
      clientId: this.options.name,
      clientHost: '/127.0.0.1',
      requireKnownMemberId: this.options.requireKnownMemberId,
    };
    this.#ask(
      () => this.#world.join(request),
      (response) => {
        this.#joined(response);
      },
    );
  }

  #joined(response: JoinGroupResponse): void {
    switch (response.errorCode) {
      case 0:
        this.memberId = response.memberId;
        this.generationId = response.generationId;
        this.protocolName = response.protocolName;
        this.#world.joined(response, this);
        this.#sync(this.#world.assign(response));
        return;
      case 79:
        this.memberId = response.memberId;
        this.#join();
        return;
      case 27:
        this.#join();
        return;
      default:
        this.#thrownOut(response.errorCode);
    }
  }

  #sync(assignments: readonly MemberAssignment[]): void {
    const request = { ...this.#identity(), protocolName: this.protocolName, assignments };
    this.#ask(
      () => this.#world.sync(request),
      ({ errorCode, assignment }) => {
        if (errorCode === 27) this.#join();
        else if (errorCode !== 0) this.#thrownOut(errorCode);
        else {
          this.partitions = this.#world.assigned(assignment, this);
          this.#heartbeatLater();
        }
      },
    );
  }

  /** Every other heartbeat follows a commit, which keeps the session as well. */
  #heartbeatLater(commits = false): void {
    const attempt = this.#attempt;
    this.#world.clock.setTimeout(() => {
      if (attempt !== this.#attempt) return;
      if (commits) this.#commit();
      else this.#heartbeat(true);
    }, HEARTBEAT_MS);
  }

  #commit(): void {
    this.#ask(
      () => this.#world.commit(this.#identity(), this),
      (errorCode) => {
        if (errorCode === 0) this.#heartbeat(false);
        else this.#thrownOut(errorCode);
      },
    );
  }

  #heartbeat(thenCommit: boolean): void {
    const excuse = this.#excuse;
    this.#ask(
      () => this.#world.heartbeat(this.#identity()),
      (errorCode) => {
        if (errorCode === 27) this.#join();
        else if (errorCode !== 0) this.#thrownOut(errorCode);
        else {
          if (this.#excuse === excuse && this.#excuse?.forever === false) this.#excuse = null;
          this.#heartbeatLater(thenCommit);
        }
      },
    );
  }

  #thrownOut(errorCode: number): void {
    this.#world.check(this.#excuse !== null, `${this.options.name} behaved and got error ${errorCode}`);
    if (errorCode === 82) {
      this.crash();
      return;
    }
    this.#world.check(errorCode === 22 || errorCode === 25, `${this.options.name} got error ${errorCode}`);
    if (errorCode === 25) this.memberId = '';
    this.#join();
  }

  /** Sends a request, which replaces the one before, and handles the answer unless another replaced it meanwhile. */
  #ask<T>(request: () => T | Promise<T>, handle: (response: T) => void): void {
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#whenAwake(attempt, () => {
      this.#world.request(request, (response) => {
        this.#whenAwake(attempt, () => {
          handle(response);
        });
      });
    });
  }

  #whenAwake(attempt: number, fn: () => void): void {
    if (attempt !== this.#attempt) return;
    const wait = this.#frozenUntil - this.#world.clock.now();
    if (wait <= 0) fn();
    else {
      this.#world.clock.setTimeout(() => {
        this.#whenAwake(attempt, fn);
      }, wait);
    }
  }
}
