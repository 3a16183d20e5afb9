import { groupRefusal } from './refusals.js';
import { type RequestContext, defineApi } from '../wire/api.js';
import { NO_AUTHORIZED_OPERATIONS } from '../wire/constants.js';
import { array, bool, bytes, int16, int32, nullableString, since, string, struct } from '../wire/schema.js';

/** DescribeGroups 0 to 5. A group that does not exist is described as Dead, which is no error. */
export const describeGroups = defineApi({
  key: 15,
  name: 'DescribeGroups',
  versions: [0, 5],
  flexibleSince: 5,
  request: struct({ groups: array(string), includeAuthorizedOperations: since(3, bool, false) }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    groups: array(
      struct({
        errorCode: int16,
        groupId: string,
        groupState: string,
        protocolType: string,
        protocolData: string,
        members: array(
          struct({
            memberId: string,
            groupInstanceId: since(4, nullableString, null),
            clientId: string,
            clientHost: string,
            memberMetadata: bytes,
            memberAssignment: bytes,
          }),
        ),
        authorizedOperations: since(3, int32, NO_AUTHORIZED_OPERATIONS),
      }),
    ),
  }),
  handle: ({ groups }, context) => ({
    throttleTimeMs: 0,
    groups: groups.map((groupId) => describe(groupId, context)),
  }),
});

function describe(groupId: string, context: RequestContext) {
  const errorCode = groupRefusal(context, groupId);
  const authorizedOperations = NO_AUTHORIZED_OPERATIONS;
  if (errorCode !== 0) {
    const unknown = { groupState: '', protocolType: '', protocolData: '', members: [] };
    return { errorCode, groupId, ...unknown, authorizedOperations };
  }
  const { state, protocolType, protocolName, members } = context.broker.groups.describe(groupId);
  return {
    errorCode,
    groupId,
    groupState: state,
    protocolType,
    protocolData: protocolName,
    members: members.map(({ metadata, assignment, ...member }) => ({
      ...member,
      memberMetadata: metadata,
      memberAssignment: assignment,
    })),
    authorizedOperations,
  };
}
