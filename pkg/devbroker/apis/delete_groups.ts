import { defineApi } from '../wire/api.js';
import { array, int16, int32, string, struct } from '../wire/schema.js';

/** DeleteGroups 0 to 2: groups without members, with their committed offsets. */
export const deleteGroups = defineApi({
  key: 42,
  name: 'DeleteGroups',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({ groupsNames: array(string) }),
  response: struct({
    throttleTimeMs: int32,
    results: array(struct({ groupId: string, errorCode: int16 })),
  }),
  handle: ({ groupsNames }, { broker }) => ({
    throttleTimeMs: 0,
    results: broker.groups.deleteGroups(groupsNames),
  }),
});
