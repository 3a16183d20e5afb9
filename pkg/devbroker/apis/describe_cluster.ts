import { defineApi } from '../wire/api.js';
import { NO_AUTHORIZED_OPERATIONS } from '../wire/constants.js';
import { array, bool, int16, int32, nullableString, string, struct } from '../wire/schema.js';

/** DescribeCluster 0: the nodes, without any topic. */
export const describeCluster = defineApi({
  key: 60,
  name: 'DescribeCluster',
  versions: [0, 0],
  flexibleSince: 0,
  request: struct({ includeClusterAuthorizedOperations: bool }),
  response: struct({
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: nullableString,
    clusterId: string,
    controllerId: int32,
    brokers: array(struct({ brokerId: int32, host: string, port: int32, rack: nullableString })),
    clusterAuthorizedOperations: int32,
  }),
  handle: (_request, { broker, faults }) => ({
    throttleTimeMs: 0,
    errorCode: faults.errorFor(),
    errorMessage: null,
    clusterId: broker.clusterId,
    controllerId: broker.controllerId,
    brokers: broker.nodes.map(({ id, host, port }) => ({ brokerId: id, host, port, rack: null })),
    clusterAuthorizedOperations: NO_AUTHORIZED_OPERATIONS,
  }),
});
