import { outcomeOf } from '../errors.js';
import { defineApi, type RequestContext } from '../wire/api.js';
import { NO_TOPIC_ID } from '../wire/constants.js';
import { ErrorCode } from '../wire/errors.js';
import { array, int16, int32, nullableString, since, string, struct, until, uuid } from '../wire/schema.js';

/** DeleteTopics 1 to 6; version 6 may name a topic by its id. */
export const deleteTopics = defineApi({
  key: 20,
  name: 'DeleteTopics',
  versions: [1, 6],
  flexibleSince: 4,
  request: struct({
    topics: since(6, array(struct({ name: nullableString, topicId: uuid })), []),
    topicNames: until(5, array(string), []),
    timeoutMs: int32,
  }),
  response: struct({
    throttleTimeMs: int32,
    responses: array(
      struct({
        name: nullableString,
        topicId: since(6, uuid, NO_TOPIC_ID),
        errorCode: int16,
        errorMessage: since(5, nullableString, null),
      }),
    ),
  }),
  handle(request, { broker, faults }) {
    const wanted = [...request.topics, ...request.topicNames.map((name) => ({ name, topicId: NO_TOPIC_ID }))];
    const responses = wanted.map(({ name, topicId }) => {
      const topic =
        name === null ? broker.topics.all().find(({ id }) => id === topicId) : broker.topics.get(name);
      const injected = faults.errorFor({ topic: topic?.name ?? name ?? undefined });
      if (injected !== 0) return { name, topicId, errorCode: injected, errorMessage: null };
      if (!topic) {
        const errorCode = name === null ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        return { name, topicId, errorCode, errorMessage: null };
      }
      const outcome = outcomeOf(() => broker.topics.delete(topic.name));
      if (outcome.errorCode === ErrorCode.NONE) forgetOffsets(topic.name, broker);
      return { name: topic.name, topicId: topic.id, ...outcome };
    });
    return { throttleTimeMs: 0, responses };
  },
});

function forgetOffsets(topic: string, broker: RequestContext['broker']): void {
  try {
    broker.offsets.deleteTopic(topic);
  } catch (error) {
    // The topic is gone all the same; the next start knows its commits by the topic's id.
    broker.report(`forgetting the committed offsets of the deleted topic '${topic}'`, error);
  }
}
