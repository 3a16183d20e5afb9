import { outcomeOf } from '../errors.js';
import { groupRefusal } from './refusals.js';
import { defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
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
  handle: ({ groupsNames }, context) => ({
    throttleTimeMs: 0,
    results: groupsNames.flatMap((groupId) => {
      const refused = groupRefusal(context, groupId);
      if (refused !== 0) return [{ groupId, errorCode: refused }];
      let results = [{ groupId, errorCode: ErrorCode.NOT_COORDINATOR as number }];
      // Apache Kafka's coordinator too is none as long as it cannot write.
      outcomeOf(() => {
        results = context.broker.groups.deleteGroups([groupId]);
      });
      return results;
    }),
  }),
});
