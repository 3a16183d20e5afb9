import { groupRefusal } from './refusals.js';
import { defineApi } from '../wire/api.js';
import { int16, int32, nullableString, since, string, struct } from '../wire/schema.js';

/** Heartbeat 0 to 4. */
export const heartbeat = defineApi({
  key: 12,
  name: 'Heartbeat',
  versions: [0, 4],
  flexibleSince: 4,
  request: struct({
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: since(3, nullableString, null),
  }),
  response: struct({ throttleTimeMs: since(1, int32, 0), errorCode: int16 }),
  handle: (request, context) => ({
    throttleTimeMs: 0,
    errorCode: groupRefusal(context, request.groupId) || context.broker.groups.heartbeat(request),
  }),
});
