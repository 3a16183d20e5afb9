import { throwInjected } from './refusals.js';
import { type RequestContext, defineApi } from '../wire/api.js';
import { NO_TOPIC_ID } from '../wire/constants.js';
import { ErrorCode } from '../wire/errors.js';
import {
  array,
  bool,
  type Infer,
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
import { withValues } from '../config_changes.js';
import { topicConfigs } from '../configs.js';
import { BrokerError } from '../errors.js';
import { checkTopicSettings } from '../topic_settings.js';

const topicRequest = struct({
  name: string,
  numPartitions: int32,
  replicationFactor: int16,
  assignments: array(struct({ partitionIndex: int32, brokerIds: array(int32) })),
  configs: array(struct({ name: string, value: nullableString })),
});

type TopicRequest = Infer<typeof topicRequest>;

/**
 * CreateTopics 2 to 7. -1 partitions or replicas stand for the broker's default (KIP-464). Any number of replicas up
 * to that of the nodes is accepted, but all nodes serve one log: each partition has one replica.
 */
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
  handle({ topics, validateOnly }, context) {
    const mentions = new Map<string, number>();
    for (const { name } of topics) mentions.set(name, (mentions.get(name) ?? 0) + 1);
    // Of a topic that is named twice there is one answer: the map holds each name once.
    const byName = new Map(topics.map((topic) => [topic.name, topic]));
    return {
      throttleTimeMs: 0,
      topics: [...byName.values()].map((topic) =>
        create(topic, { validateOnly, repeated: mentions.get(topic.name) !== 1 }, context),
      ),
    };
  },
});

interface Conditions {
  /** Only tells what would come of it. */
  validateOnly: boolean;
  /** The request names this topic more than once. */
  repeated: boolean;
}

function create(request: TopicRequest, { validateOnly, repeated }: Conditions, context: RequestContext) {
  const { broker } = context;
  const answer = {
    name: request.name,
    topicId: NO_TOPIC_ID,
    errorCode: ErrorCode.NONE as number,
    errorMessage: null as string | null,
    numPartitions: -1,
    replicationFactor: -1,
    configs: [],
  };
  try {
    throwInjected(context, { topic: request.name });
    if (repeated) throw new BrokerError(ErrorCode.INVALID_REQUEST, 'The request names this topic twice.');
    const partitions = partitionsOf(request, broker);
    const configs = withValues(request.configs, ErrorCode.INVALID_CONFIG);
    broker.topics.checkCreate(request.name, partitions);
    checkTopicSettings(configs);
    const topic = validateOnly ? null : broker.topics.create(request.name, partitions, configs);
    return {
      ...answer,
      topicId: topic?.id ?? NO_TOPIC_ID,
      numPartitions: partitions,
      replicationFactor: 1,
      configs: topicConfigs(configs, broker.options).map(({ source, ...entry }) => ({
        ...entry,
        configSource: source,
        isSensitive: false,
      })),
    };
  } catch (error) {
    if (error instanceof BrokerError) {
      return { ...answer, errorCode: error.code, errorMessage: error.message };
    }
    throw error;
  }
}

/** How many partitions are asked for. @throws BrokerError when the replicas asked for cannot be */
function partitionsOf(request: TopicRequest, { nodes, options }: RequestContext['broker']): number {
  const { numPartitions, replicationFactor, assignments } = request;
  if (assignments.length === 0) {
    const possible =
      replicationFactor === -1 || (replicationFactor >= 1 && replicationFactor <= nodes.length);
    if (!possible) {
      throw new BrokerError(
        ErrorCode.INVALID_REPLICATION_FACTOR,
        `The replication factor is -1, or 1 to the number of nodes, ${nodes.length}; not ${replicationFactor}.`,
      );
    }
    return numPartitions === -1 ? options.defaultPartitions : numPartitions;
  }
  if (numPartitions !== -1 || replicationFactor !== -1) {
    throw new BrokerError(
      ErrorCode.INVALID_REQUEST,
      'Either the replicas are assigned, or numbers of partitions and replicas are given; not both.',
    );
  }
  checkAssignments(
    assignments,
    nodes.map(({ id }) => id),
  );
  return assignments.length;
}

/** @throws BrokerError unless partitions 0, 1, 2 … are assigned to nodes that are there */
function checkAssignments(assignments: TopicRequest['assignments'], nodeIds: readonly number[]): void {
  const indexes = assignments.map(({ partitionIndex }) => partitionIndex).toSorted((a, b) => a - b);
  const consecutive = indexes.every((index, i) => index === i);
  const onNodes = assignments.every(
    ({ brokerIds }) =>
      brokerIds.length > 0 &&
      brokerIds.every((id) => nodeIds.includes(id)) &&
      new Set(brokerIds).size === brokerIds.length,
  );
  if (!consecutive || !onNodes) {
    throw new BrokerError(
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      `Assign the partitions from 0 on to different nodes of ${nodeIds.join(', ')}.`,
    );
  }
}
