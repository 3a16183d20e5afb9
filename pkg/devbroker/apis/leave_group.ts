import { groupRefusal } from './refusals.js';
import { defineApi } from '../wire/api.js';
import { array, int16, int32, nullableString, since, string, struct, until } from '../wire/schema.js';

/** LeaveGroup 0 to 4; from version 3 on several members may leave at once, named by instance id too. */
export const leaveGroup = defineApi({
  key: 13,
  name: 'LeaveGroup',
  versions: [0, 4],
  flexibleSince: 4,
  request: struct({
    groupId: string,
    memberId: until(2, string, ''),
    members: since(3, array(struct({ memberId: string, groupInstanceId: nullableString })), []),
  }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
    members: since(
      3,
      array(struct({ memberId: string, groupInstanceId: nullableString, errorCode: int16 })),
      [],
    ),
  }),
  handle({ groupId, memberId, members }, context) {
    const { broker, version } = context;
    const refused = groupRefusal(context, groupId);
    if (refused !== 0) return { throttleTimeMs: 0, errorCode: refused, members: [] };
    const leaving = version >= 3 ? members : [{ memberId, groupInstanceId: null }];
    const left = broker.groups.leaveGroup({ groupId, members: leaving });
    // Before version 3 the one member's error is the answer's.
    const errorCode = version >= 3 ? left.errorCode : left.errorCode || (left.members[0]?.errorCode ?? 0);
    return { throttleTimeMs: 0, errorCode, members: [...left.members] };
  },
});
