import { outcomeOf } from '../errors.js';
import { groupRefusal } from './refusals.js';
import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import { byTopic, int16, int32, string, struct } from '../wire/schema.js';

/** OffsetDelete 0: forgets committed offsets of topics that no member of the group reads. */
export const offsetDelete = defineApi({
  key: 47,
  name: 'OffsetDelete',
  versions: [0, 0],
  flexibleSince: null,
  request: struct({
    groupId: string,
    topics: byTopic(struct({ partition: int32 })),
  }),
  response: struct({
    errorCode: int16,
    throttleTimeMs: int32,
    topics: byTopic(struct({ partition: int32, errorCode: int16 })),
  }),
  handle({ groupId, topics }, context) {
    const { groups, offsets } = context.broker;
    const refused = groupRefusal(context, groupId);
    if (refused !== 0) return { errorCode: refused, throttleTimeMs: 0, topics: [] };
    if (groups.describe(groupId).state === 'Dead') {
      return { errorCode: ErrorCode.GROUP_ID_NOT_FOUND, throttleTimeMs: 0, topics: [] };
    }
    const asked = topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partition }) => ({ topic: name, partition })),
    );
    const allowed = asked.filter((one) => check(groupId, one, context) === ErrorCode.NONE);
    const { errorCode: notKept } = outcomeOf(() => {
      offsets.forget(groupId, allowed);
    });
    if (notKept) return { errorCode: ErrorCode.NOT_COORDINATOR, throttleTimeMs: 0, topics: [] };
    const answers = topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partition }) => ({
        partition,
        errorCode: check(groupId, { topic: name, partition }, context),
      })),
    }));
    return { errorCode: ErrorCode.NONE, throttleTimeMs: 0, topics: answers };
  },
});

function check(
  groupId: string,
  { topic, partition }: { topic: string; partition: number },
  { broker, faults }: RequestContext,
): number {
  const injected = faults.errorFor({ group: groupId, topic, partition });
  if (injected !== 0) return injected;
  if (!broker.topics.partition(topic, partition)) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  return broker.groups.isSubscribed(groupId, topic) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
}
