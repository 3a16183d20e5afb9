import { groupRefusal } from './refusals.js';
import { defineApi } from '../wire/api.js';
import { array, bytes, int16, int32, nullableString, since, string, struct } from '../wire/schema.js';

/** From this version on a new dynamic member is first given its id and asked to join again with it (KIP-394). */
const KNOWN_MEMBER_ID_SINCE = 4;

/** JoinGroup 0 to 6. Version 0 has no rebalance timeout: the session timeout serves as both. */
export const joinGroup = defineApi({
  key: 11,
  name: 'JoinGroup',
  versions: [0, 6],
  flexibleSince: 6,
  request: struct({
    groupId: string,
    sessionTimeoutMs: int32,
    rebalanceTimeoutMs: since(1, int32, -1),
    memberId: string,
    groupInstanceId: since(5, nullableString, null),
    protocolType: string,
    protocols: array(struct({ name: string, metadata: bytes })),
  }),
  response: struct({
    throttleTimeMs: since(2, int32, 0),
    errorCode: int16,
    generationId: int32,
    protocolName: string,
    leader: string,
    memberId: string,
    members: array(
      struct({ memberId: string, groupInstanceId: since(5, nullableString, null), metadata: bytes }),
    ),
  }),
  async handle(request, context) {
    const { broker, clientId, clientHost, version } = context;
    const refused = groupRefusal(context, request.groupId);
    if (refused !== 0) return refuse(refused, request.memberId);
    const joined = await broker.groups.joinGroup({
      ...request,
      // Copies: what the coordinator keeps must not pin the network buffers.
      protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
      clientId,
      clientHost,
      requireKnownMemberId: version >= KNOWN_MEMBER_ID_SINCE && request.groupInstanceId === null,
    });
    // Nullable on the wire only from version 7 on.
    return {
      throttleTimeMs: 0,
      ...joined,
      protocolName: joined.protocolName ?? '',
      members: [...joined.members],
    };
  },
});

function refuse(errorCode: number, memberId: string) {
  return {
    throttleTimeMs: 0,
    errorCode,
    generationId: -1,
    protocolName: '',
    leader: '',
    memberId,
    members: [],
  };
}
