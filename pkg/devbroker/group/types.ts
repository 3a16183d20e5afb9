/**
 * The classic group's states, named as Apache Kafka shows them in DescribeGroups and ListGroups.
 * A group that does not exist is described as Dead.
 */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

/** An assignment strategy that a member supports, with the bytes that only its leader understands. */
export interface GroupProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

/** Who asks: the member id of the coordinator's making and, for static members (KIP-345), the instance id. */
export interface MemberIdentity {
  /** Empty when the member has none yet, or when it is addressed by its instance id alone. */
  readonly memberId: string;
  readonly groupInstanceId?: string | null | undefined;
}

export interface JoinGroupRequest extends MemberIdentity {
  readonly groupId: string;
  /** Milliseconds without a sign of life after which the member is thrown out. */
  readonly sessionTimeoutMs: number;
  /** Milliseconds that a rebalance waits for this member. Zero or less means `sessionTimeoutMs`, as in JoinGroup v0. */
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  /** In the member's order of preference. */
  readonly protocols: readonly GroupProtocol[];
  readonly clientId: string;
  readonly clientHost: string;
  /** True from JoinGroup v4 on: a dynamic member first gets its id by error 79 and joins again with it. */
  readonly requireKnownMemberId: boolean;
}

export interface JoinedMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  /** What the member sent for the chosen protocol. */
  readonly metadata: Buffer;
}

export interface JoinGroupResponse {
  readonly errorCode: number;
  /** -1 with an error. */
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  /** The leader's member id, empty with an error. */
  readonly leader: string;
  readonly memberId: string;
  /** Filled for the leader only. */
  readonly members: readonly JoinedMember[];
}

export interface MemberAssignment {
  readonly memberId: string;
  readonly assignment: Buffer;
}

/** A member speaking for the generation that it believes to be the current one. */
export interface GenerationRequest extends MemberIdentity {
  readonly groupId: string;
  readonly generationId: number;
}

export interface SyncGroupRequest extends GenerationRequest {
  /** Checked against the group's when given (SyncGroup v5). */
  readonly protocolType?: string | null | undefined;
  readonly protocolName?: string | null | undefined;
  /** Sent by the leader, empty from the others. */
  readonly assignments: readonly MemberAssignment[];
}

export interface SyncGroupResponse {
  readonly errorCode: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  /** Empty with an error and for a member that the leader left out. */
  readonly assignment: Buffer;
}

export interface LeaveGroupResponse {
  readonly errorCode: number;
  /** One answer per member asked for, in that order; empty when `errorCode` is not 0. */
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly errorCode: number;
  }[];
}

export interface CommitRequest extends GenerationRequest {
  /** True for TxnOffsetCommit, which is also accepted without a member and between join and sync. */
  readonly transactional?: boolean;
}

export interface GroupListing {
  readonly groupId: string;
  /** Empty for a group that only has committed offsets. */
  readonly protocolType: string;
  readonly state: GroupState;
}

export interface GroupDescription extends GroupListing {
  /** The chosen protocol, empty unless the group is Stable. */
  readonly protocolName: string;
  readonly members: readonly (JoinedMember & {
    readonly clientId: string;
    readonly clientHost: string;
    /** Empty, as is the metadata, unless the group is Stable. */
    readonly assignment: Buffer;
  })[];
}
