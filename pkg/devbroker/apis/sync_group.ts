import { groupRefusal } from './refusals.js';
import { defineApi } from '../wire/api.js';
import { array, bytes, int16, int32, nullableString, since, string, struct } from '../wire/schema.js';

/** SyncGroup 0 to 4: the leader brings the assignment, every member takes its part. */
export const syncGroup = defineApi({
  key: 14,
  name: 'SyncGroup',
  versions: [0, 4],
  flexibleSince: 4,
  request: struct({
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: since(3, nullableString, null),
    assignments: array(struct({ memberId: string, assignment: bytes })),
  }),
  response: struct({ throttleTimeMs: since(1, int32, 0), errorCode: int16, assignment: bytes }),
  async handle(request, context) {
    const { broker } = context;
    const refused = groupRefusal(context, request.groupId);
    if (refused !== 0) return { throttleTimeMs: 0, errorCode: refused, assignment: Buffer.alloc(0) };
    const synced = await broker.groups.syncGroup({
      ...request,
      assignments: request.assignments.map(({ memberId, assignment }) => ({
        memberId,
        assignment: Buffer.from(assignment),
      })),
    });
    return { throttleTimeMs: 0, ...synced };
  },
});
