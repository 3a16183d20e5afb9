import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import {
  array,
  bool,
  type Infer,
  int16,
  int32,
  nullableArray,
  nullableString,
  string,
  struct,
} from '../wire/schema.js';
import { BrokerError } from '../errors.js';
import { type Topic } from '../topics.js';
import { throwInjected } from './refusals.js';

const topicRequest = struct({
  name: string,
  count: int32,
  assignments: nullableArray(struct({ brokerIds: array(int32) })),
});

/** CreatePartitions 0 to 3: raises the number of a topic's partitions. */
export const createPartitions = defineApi({
  key: 37,
  name: 'CreatePartitions',
  versions: [0, 3],
  flexibleSince: 2,
  request: struct({ topics: array(topicRequest), timeoutMs: int32, validateOnly: bool }),
  response: struct({
    throttleTimeMs: int32,
    results: array(struct({ name: string, errorCode: int16, errorMessage: nullableString })),
  }),
  handle: ({ topics, validateOnly }, context) => ({
    throttleTimeMs: 0,
    results: topics.map((topic) => {
      const refusal = add(topic, validateOnly, context);
      return {
        name: topic.name,
        errorCode: refusal?.code ?? ErrorCode.NONE,
        errorMessage: refusal?.message ?? null,
      };
    }),
  }),
});

/** Adds what is asked for. @returns why it cannot be */
function add(
  request: Infer<typeof topicRequest>,
  validateOnly: boolean,
  context: RequestContext,
): BrokerError | null {
  try {
    throwInjected(context, { topic: request.name });
    const topic = check(request, context);
    if (!validateOnly) context.broker.topics.grow(topic, request.count);
    return null;
  } catch (error) {
    if (error instanceof BrokerError) return error;
    throw error;
  }
}

function check({ name, count, assignments }: Infer<typeof topicRequest>, { broker }: RequestContext): Topic {
  const topic = broker.topics.get(name);
  if (!topic) throw new BrokerError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic '${name}'.`);
  broker.topics.checkGrow(topic, count);
  const added = count - topic.partitions.length;
  if (assignments !== null && assignments.length !== added) {
    const message = `${assignments.length} assignments cannot be those of ${added} more partitions.`;
    throw new BrokerError(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  }
  return topic;
}
