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
    const { key, keyType, coordinatorKeys } = request;
    const coordinators = coordinatorKeys.map((one) => ({ key: one, ...locate(one, keyType, context) }));
    return { throttleTimeMs: 0, ...locate(key, keyType, context), coordinators };
  },
});

function locate(key: string, keyType: number, { broker, faults }: RequestContext) {
  const nowhere = { errorMessage: null, nodeId: -1, host: '', port: -1 };
  const injected = faults.errorFor(keyType === GROUP ? { group: key } : {});
  if (injected !== 0) return { ...nowhere, errorCode: injected };
  if (keyType !== GROUP) {
    const errorMessage = 'This broker serves no transactions.';
    return { ...nowhere, errorCode: ErrorCode.INVALID_REQUEST, errorMessage };
  }
  if (!broker.coordinatorNode) return { ...nowhere, errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE };
  const { id, host, port } = broker.coordinatorNode;
  return { errorCode: ErrorCode.NONE, errorMessage: null, nodeId: id, host, port };
}
