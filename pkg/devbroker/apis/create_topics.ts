import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import {
  array,
  bool,
  int16,
  int32,
  int8,
  nullableArray,
  nullableString,
  since,
  string,
  struct,
  uuid,
} from '../wire/schema.js';
import { BrokerError } from '../errors.js';

const NO_TOPIC_ID = '00000000-0000-0000-0000-000000000000';

const topicRequest = struct({
  name: string,
  numPartitions: int32,
  replicationFactor: int16,
  assignments: array(struct({ partitionIndex: int32, brokerIds: array(int32) })),
  configs: array(struct({ name: string, value: nullableString })),
});

interface TopicRequest {
  name: string;
  numPartitions: number;
  replicationFactor: number;
  assignments: { partitionIndex: number }[];
  configs: { name: string; value: string | null }[];
}

/** CreateTopics 2 to 7. -1 partitions or replicas stand for the broker's default (KIP-464). */
export const createTopics = defineApi({
  key: 19,
  name: 'CreateTopics',
  versions: [2, 7],
  flexibleSince: 5,
  request: struct({ topics: array(topicRequest), timeoutMs: int32, validateOnly: bool }),
  response: struct({
    throttleTimeMs: int32,
    topics: array(
      struct({
        name: string,
        topicId: since(7, uuid, NO_TOPIC_ID),
        errorCode: int16,
        errorMessage: nullableString,
        numPartitions: since(5, int32, -1),
        replicationFactor: since(5, int16, -1),
        configs: since(
          5,
          nullableArray(
            struct({
              name: string,
              value: nullableString,
              readOnly: bool,
              configSource: int8,
              isSensitive: bool,
            }),
          ),
          null,
        ),
      }),
    ),
  }),
  handle: (request, context) => ({
    throttleTimeMs: 0,
    topics: request.topics.map((topic) => create(topic, request.validateOnly, context)),
  }),
});

function create(request: TopicRequest, validateOnly: boolean, { broker }: RequestContext) {
  const answer = {
    name: request.name,
    topicId: NO_TOPIC_ID,
    errorCode: ErrorCode.NONE as number,
    errorMessage: null as string | null,
    numPartitions: -1,
    replicationFactor: -1,
    configs: null,
  };
  try {
    if (request.replicationFactor > broker.nodes.length) {
      throw new BrokerError(
        ErrorCode.INVALID_REPLICATION_FACTOR,
        `Replication factor ${request.replicationFactor} is more than the ${broker.nodes.length} node(s) here.`,
      );
    }
    const partitions =
      request.assignments.length ||
      (request.numPartitions === -1 ? broker.options.defaultPartitions : request.numPartitions);
    const configs = new Map(
      request.configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])),
    );
    broker.topics.checkCreate(request.name, partitions);
    if (validateOnly) return { ...answer, numPartitions: partitions, replicationFactor: 1 };
    const topic = broker.topics.create(request.name, partitions, configs);
    return { ...answer, topicId: topic.id, numPartitions: partitions, replicationFactor: 1 };
  } catch (error) {
    if (error instanceof BrokerError)
      return { ...answer, errorCode: error.code, errorMessage: error.message };
    throw error;
  }
}
