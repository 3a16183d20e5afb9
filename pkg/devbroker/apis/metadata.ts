import { type RequestContext, defineApi } from '../wire/api.js';
import { NO_AUTHORIZED_OPERATIONS } from '../wire/constants.js';
import { ErrorCode } from '../wire/errors.js';
import {
  array,
  bool,
  type Field,
  int16,
  int32,
  nullableArray,
  nullableString,
  since,
  string,
  struct,
} from '../wire/schema.js';
import { LEADER_EPOCH } from '../log/partition_log.js';
import { BrokerError } from '../errors.js';
import { type Topic } from '../topics.js';

const NO_LEADER = -1;

/** Carried from version 8 to 10 only. */
const clusterOperationsFlag: Field<boolean> = { type: bool, since: 8, until: 10, absent: false };
const clusterOperations: Field<number> = {
  type: int32,
  since: 8,
  until: 10,
  absent: NO_AUTHORIZED_OPERATIONS,
};

/**
 * Metadata 0 to 9: the nodes, and who leads which partition. A topic that does not exist is created when
 * both the request and the broker's options allow it, as with Apache Kafka.
 */
export const metadata = defineApi({
  key: 3,
  name: 'Metadata',
  versions: [0, 9],
  flexibleSince: 9,
  request: struct({
    topics: nullableArray(struct({ name: string })),
    allowAutoTopicCreation: since(4, bool, true),
    includeClusterAuthorizedOperations: clusterOperationsFlag,
    includeTopicAuthorizedOperations: since(8, bool, false),
  }),
  response: struct({
    throttleTimeMs: since(3, int32, 0),
    brokers: array(
      struct({ nodeId: int32, host: string, port: int32, rack: since(1, nullableString, null) }),
    ),
    clusterId: since(2, nullableString, null),
    controllerId: since(1, int32, -1),
    topics: array(
      struct({
        errorCode: int16,
        name: string,
        isInternal: since(1, bool, false),
        partitions: array(
          struct({
            errorCode: int16,
            partitionIndex: int32,
            leaderId: int32,
            leaderEpoch: since(7, int32, -1),
            replicaNodes: array(int32),
            isrNodes: array(int32),
            offlineReplicas: since(5, array(int32), []),
          }),
        ),
        topicAuthorizedOperations: since(8, int32, NO_AUTHORIZED_OPERATIONS),
      }),
    ),
    clusterAuthorizedOperations: clusterOperations,
  }),
  handle(request, context) {
    const { broker, version } = context;
    // Version 0 knows no null: there an empty list stands for all topics.
    const all = request.topics === null || (version === 0 && request.topics.length === 0);
    const names = all
      ? broker.topics.all().map(({ name }) => name)
      : (request.topics ?? []).map((t) => t.name);
    return {
      throttleTimeMs: 0,
      brokers: broker.nodes.map(({ id, host, port }) => ({ nodeId: id, host, port, rack: null })),
      clusterId: broker.clusterId,
      controllerId: broker.controllerId,
      topics: names.map((name) => describe(name, request.allowAutoTopicCreation, context)),
      clusterAuthorizedOperations: NO_AUTHORIZED_OPERATIONS,
    };
  },
});

function describe(name: string, mayCreate: boolean, { broker, faults }: RequestContext) {
  const found = faults.errorFor({ topic: name }) || findOrCreate(name, mayCreate, { broker });
  const partitions = typeof found === 'number' ? [] : found.partitions;
  return {
    errorCode: typeof found === 'number' ? found : ErrorCode.NONE,
    name,
    isInternal: false,
    partitions: partitions.map(({ partition }) => {
      const replica = broker.leaderOf(name, partition);
      const isUp = broker.nodes.some(({ id }) => id === replica);
      const missing = isUp ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE;
      return {
        errorCode: faults.errorFor({ topic: name, partition }) || missing,
        partitionIndex: partition,
        leaderId: isUp ? replica : NO_LEADER,
        leaderEpoch: LEADER_EPOCH,
        replicaNodes: [replica],
        isrNodes: [replica],
        offlineReplicas: isUp ? [] : [replica],
      };
    }),
    topicAuthorizedOperations: NO_AUTHORIZED_OPERATIONS,
  };
}

function findOrCreate(
  name: string,
  mayCreate: boolean,
  { broker }: Pick<RequestContext, 'broker'>,
): Topic | number {
  const topic = broker.topics.get(name);
  if (topic) return topic;
  const partitions = broker.options.autoCreatePartitions;
  if (!mayCreate || partitions === 0) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  try {
    return broker.topics.create(name, partitions);
  } catch (error) {
    if (error instanceof BrokerError) return error.code;
    throw error;
  }
}
