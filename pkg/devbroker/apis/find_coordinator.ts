import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import { array, int16, int32, int8, nullableString, since, string, struct, until } from '../wire/schema.js';

const GROUP = 0;

/** FindCoordinator 0 to 4: one node coordinates all groups. */
export const findCoordinator = defineApi({
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 4],
  flexibleSince: 3,
  request: struct({
    key: until(3, string, ''),
    keyType: since(1, int8, GROUP),
    coordinatorKeys: since(4, array(string), []),
  }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: until(3, int16, 0),
    errorMessage: { type: nullableString, since: 1, until: 3, absent: null },
    nodeId: until(3, int32, -1),
    host: until(3, string, ''),
    port: until(3, int32, -1),
    coordinators: since(
      4,
      array(
        struct({
          key: string,
          nodeId: int32,
          host: string,
          port: int32,
          errorCode: int16,
          errorMessage: nullableString,
        }),
      ),
      [],
    ),
  }),
  handle(request, context) {
    const coordinator = locate(request.keyType, context);
    const coordinators = request.coordinatorKeys.map((key) => ({ key, ...coordinator }));
    return { throttleTimeMs: 0, ...coordinator, coordinators };
  },
});

function locate(keyType: number, { broker }: RequestContext) {
  if (keyType !== GROUP) {
    const errorMessage = 'This broker serves no transactions.';
    return { errorCode: ErrorCode.INVALID_REQUEST as number, errorMessage, nodeId: -1, host: '', port: -1 };
  }
  const { id, host, port } = broker.coordinatorNode;
  return { errorCode: ErrorCode.NONE as number, errorMessage: null, nodeId: id, host, port };
}
