import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { itAgreesWithKafkajs } from './kafkajs_golden.js';

const metadata = Buffer.from('subscription');
const assignment = Buffer.from('assignment');

// Longer than other files, since it is a table: the requests and answers of one family of APIs.
describe('groups beside kafkajs', () => {
  describe('FindCoordinator', () => {
    const node = { nodeId: 1, host: 'localhost', port: 9092 };
    itAgreesWithKafkajs({
      name: 'GroupCoordinator',
      key: 10,
      requests: [
        {
          args: { groupId: 'billing', coordinatorType: 0 },
          read: () => ({ key: 'billing', keyType: 0, coordinatorKeys: [] }),
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, errorCode: 0, errorMessage: null, ...node, coordinators: [] },
          decoded: () => ({ errorCode: 0, coordinator: node }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE,
            errorMessage: 'soon',
            nodeId: -1,
            host: '',
            port: -1,
            coordinators: [],
          },
          decoded: (version) => (version >= 1 ? { errorMessage: 'soon' } : {}),
          error: 'GROUP_COORDINATOR_NOT_AVAILABLE',
        },
      ],
    });
  });

  describe('JoinGroup', () => {
    const joined = {
      throttleTimeMs: 0,
      errorCode: 0,
      generationId: 4,
      protocolName: 'RoundRobinAssigner',
      leader: 'm-1',
      memberId: 'm-1',
      members: [
        { memberId: 'm-1', groupInstanceId: 'static-1', metadata },
        { memberId: 'm-2', groupInstanceId: null, metadata },
      ],
    };
    const refused = (errorCode: number) => ({
      ...joined,
      errorCode,
      generationId: -1,
      protocolName: '',
      leader: '',
      memberId: 'm-9',
      members: [],
    });
    itAgreesWithKafkajs({
      name: 'JoinGroup',
      key: 11,
      requests: [
        {
          args: {
            groupId: 'billing',
            sessionTimeout: 30_000,
            rebalanceTimeout: 60_000,
            memberId: 'm-1',
            groupInstanceId: 'static-1',
            protocolType: 'consumer',
            groupProtocols: [{ name: 'RoundRobinAssigner', metadata }],
          },
          read: (version) => ({
            groupId: 'billing',
            sessionTimeoutMs: 30_000,
            rebalanceTimeoutMs: version >= 1 ? 60_000 : -1,
            memberId: 'm-1',
            groupInstanceId: version >= 5 ? 'static-1' : null,
            protocolType: 'consumer',
            protocols: [{ name: 'RoundRobinAssigner', metadata }],
          }),
        },
      ],
      responses: [
        {
          answer: joined,
          decoded: (version) => ({
            errorCode: 0,
            generationId: 4,
            groupProtocol: 'RoundRobinAssigner',
            leaderId: 'm-1',
            memberId: 'm-1',
            members: joined.members.map(({ memberId, groupInstanceId }) => ({
              memberId,
              ...(version >= 5 && { groupInstanceId }),
              memberMetadata: metadata,
            })),
          }),
        },
        {
          answer: refused(ErrorCode.MEMBER_ID_REQUIRED),
          decoded: () => ({ memberId: 'm-9', members: [] }),
          error: 'MEMBER_ID_REQUIRED',
        },
        {
          answer: refused(ErrorCode.UNKNOWN_MEMBER_ID),
          decoded: () => ({}),
          error: 'UNKNOWN_MEMBER_ID',
        },
      ],
    });
  });

  describe('SyncGroup', () => {
    itAgreesWithKafkajs({
      name: 'SyncGroup',
      key: 14,
      requests: [
        {
          args: {
            groupId: 'billing',
            generationId: 4,
            memberId: 'm-1',
            groupInstanceId: 'static-1',
            groupAssignment: [{ memberId: 'm-2', memberAssignment: assignment }],
          },
          read: (version) => ({
            groupId: 'billing',
            generationId: 4,
            memberId: 'm-1',
            groupInstanceId: version >= 3 ? 'static-1' : null,
            assignments: [{ memberId: 'm-2', assignment }],
          }),
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, errorCode: 0, assignment },
          decoded: () => ({ errorCode: 0, memberAssignment: assignment }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            errorCode: ErrorCode.REBALANCE_IN_PROGRESS,
            assignment: Buffer.alloc(0),
          },
          decoded: () => ({ memberAssignment: Buffer.alloc(0) }),
          error: 'REBALANCE_IN_PROGRESS',
        },
      ],
    });
  });

  describe('Heartbeat', () => {
    itAgreesWithKafkajs({
      name: 'Heartbeat',
      key: 12,
      requests: [
        {
          args: { groupId: 'billing', groupGenerationId: 4, memberId: 'm-1', groupInstanceId: 'static-1' },
          read: (version) => ({
            groupId: 'billing',
            generationId: 4,
            memberId: 'm-1',
            groupInstanceId: version >= 3 ? 'static-1' : null,
          }),
        },
      ],
      responses: [
        { answer: { throttleTimeMs: 0, errorCode: 0 }, decoded: () => ({ errorCode: 0 }) },
        {
          answer: { throttleTimeMs: 0, errorCode: ErrorCode.ILLEGAL_GENERATION },
          decoded: () => ({}),
          error: 'ILLEGAL_GENERATION',
        },
      ],
    });
  });

  describe('LeaveGroup', () => {
    const member = { memberId: 'm-1', groupInstanceId: 'static-1' };
    itAgreesWithKafkajs({
      name: 'LeaveGroup',
      key: 13,
      requests: [
        {
          args: { groupId: 'billing', ...member },
          read: (version) =>
            version >= 3
              ? { groupId: 'billing', memberId: '', members: [member] }
              : { groupId: 'billing', memberId: 'm-1', members: [] },
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, errorCode: 0, members: [{ ...member, errorCode: 0 }] },
          decoded: (version) => ({
            errorCode: 0,
            ...(version >= 3 && { members: [{ ...member, errorCode: 0 }] }),
          }),
        },
        {
          // From version 3 on the error is the member's, before it is the answer's.
          answer: {
            throttleTimeMs: 0,
            errorCode: ErrorCode.UNKNOWN_MEMBER_ID,
            members: [{ ...member, errorCode: ErrorCode.UNKNOWN_MEMBER_ID }],
          },
          decoded: () => ({}),
          error: 'UNKNOWN_MEMBER_ID',
        },
      ],
    });
  });

  describe('DescribeGroups', () => {
    const theirMember = {
      memberId: 'm-1',
      clientId: 'client',
      clientHost: '/127.0.0.1',
      memberMetadata: metadata,
      memberAssignment: assignment,
    };
    const group = {
      errorCode: 0,
      groupId: 'billing',
      groupState: 'Stable',
      protocolType: 'consumer',
      protocolData: 'RoundRobinAssigner',
      members: [{ ...theirMember, groupInstanceId: null }],
      authorizedOperations: -(2 ** 31),
    };
    itAgreesWithKafkajs({
      name: 'DescribeGroups',
      key: 15,
      requests: [
        {
          args: { groupIds: ['billing', 'audit'] },
          read: () => ({ groups: ['billing', 'audit'], includeAuthorizedOperations: false }),
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, groups: [group] },
          decoded: () => ({
            groups: [
              {
                errorCode: 0,
                groupId: 'billing',
                state: 'Stable',
                protocolType: 'consumer',
                protocol: 'RoundRobinAssigner',
                members: [theirMember],
              },
            ],
          }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            groups: [{ ...group, errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE, members: [] }],
          },
          decoded: () => ({}),
          error: 'GROUP_COORDINATOR_NOT_AVAILABLE',
        },
      ],
    });
  });

  describe('ListGroups', () => {
    const listed = { groupId: 'billing', protocolType: 'consumer' };
    itAgreesWithKafkajs({
      name: 'ListGroups',
      key: 16,
      requests: [{ args: {}, read: () => ({ statesFilter: [] }) }],
      responses: [
        {
          answer: { throttleTimeMs: 0, errorCode: 0, groups: [{ ...listed, groupState: 'Stable' }] },
          decoded: () => ({ errorCode: 0, groups: [listed] }),
        },
        {
          answer: { throttleTimeMs: 0, errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE, groups: [] },
          decoded: () => ({}),
          error: 'GROUP_COORDINATOR_NOT_AVAILABLE',
        },
      ],
    });
  });

  describe('DeleteGroups', () => {
    itAgreesWithKafkajs({
      name: 'DeleteGroups',
      key: 42,
      requests: [{ args: ['billing', 'audit'], read: () => ({ groupsNames: ['billing', 'audit'] }) }],
      responses: [
        {
          answer: { throttleTimeMs: 0, results: [{ groupId: 'billing', errorCode: 0 }] },
          decoded: () => ({ results: [{ groupId: 'billing', errorCode: 0 }] }),
        },
      ],
    });
  });
});
