import { EMPTY_BYTES, type GroupErrorName, joinFailure, syncFailure } from './replies.js';
import { Timer } from './timer.js';
import {
  type GroupProtocol,
  type JoinGroupRequest,
  type JoinGroupResponse,
  type SyncGroupResponse,
} from './types.js';

/** The one answer that a request gets. */
export type Reply<T> = (response: T) => void;

/** A member and what it waits for. A request that is held here is answered exactly once. */
export class Member {
  readonly id: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  sessionTimeoutMs = 0;
  rebalanceTimeoutMs = 0;
  protocols: readonly GroupProtocol[] = [];
  assignment = EMPTY_BYTES;
  /** True until its first join is answered: only then can it know its id and send heartbeats. */
  isNew = false;
  readonly sessionTimer = new Timer();
  #join: Reply<JoinGroupResponse> | undefined;
  #sync: Reply<SyncGroupResponse> | undefined;

  constructor(id: string, request: JoinGroupRequest) {
    this.id = id;
    this.instanceId = request.groupInstanceId ?? null;
    this.clientId = request.clientId;
    this.clientHost = request.clientHost;
    this.update(request);
  }

  get awaitsJoin(): boolean {
    return this.#join !== undefined;
  }

  get awaitsSync(): boolean {
    return this.#sync !== undefined;
  }

  update(request: JoinGroupRequest): void {
    this.sessionTimeoutMs = request.sessionTimeoutMs;
    this.rebalanceTimeoutMs =
      request.rebalanceTimeoutMs > 0 ? request.rebalanceTimeoutMs : request.sessionTimeoutMs;
    this.protocols = request.protocols;
  }

  supports(protocolName: string): boolean {
    return this.protocols.some(({ name }) => name === protocolName);
  }

  metadata(protocolName: string | null): Buffer {
    return this.protocols.find(({ name }) => name === protocolName)?.metadata ?? EMPTY_BYTES;
  }

  /** Whether a join with these protocols would tell the group nothing new. */
  matches(protocols: readonly GroupProtocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      this.protocols.every(({ name, metadata }, i) => {
        const other = protocols[i];
        return other?.name === name && other.metadata.equals(metadata);
      })
    );
  }

  /** Holds a join. One that is held already was given up by its sender and is told to join again. */
  holdJoin(reply: Reply<JoinGroupResponse>): void {
    this.answerJoin(joinFailure('REBALANCE_IN_PROGRESS', this.id));
    this.#join = reply;
  }

  /** Holds a sync. One that is held already was given up by its sender and is told to join again. */
  holdSync(reply: Reply<SyncGroupResponse>): void {
    this.answerSync(syncFailure('REBALANCE_IN_PROGRESS'));
    this.#sync = reply;
  }

  answerJoin(response: JoinGroupResponse): void {
    const reply = this.#join;
    this.#join = undefined;
    reply?.(response);
  }

  answerSync(response: SyncGroupResponse): void {
    const reply = this.#sync;
    this.#sync = undefined;
    reply?.(response);
  }

  /** Answers whatever is held with one error. */
  fail(error: GroupErrorName, memberId: string): void {
    this.answerJoin(joinFailure(error, memberId));
    this.answerSync(syncFailure(error));
  }
}
