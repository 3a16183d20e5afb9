import { outcomeOf } from '../errors.js';
import { type OffsetToCommit } from '../group/offsets.js';
import { groupRefusal } from './refusals.js';
import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import {
  byTopic,
  type Field,
  int16,
  int32,
  int64,
  nullableString,
  since,
  string,
  struct,
} from '../wire/schema.js';

/** Apache Kafka's offset.metadata.max.bytes. */
const MAX_METADATA_BYTES = 4096;

/** Versions 2 to 4 could set how long an offset is kept; offsets here do not expire. */
const retentionTime: Field<bigint> = { type: int64, since: 2, until: 4, absent: -1n };

/** OffsetCommit 2 to 8. */
export const offsetCommit = defineApi({
  key: 8,
  name: 'OffsetCommit',
  versions: [2, 8],
  flexibleSince: 8,
  request: struct({
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: since(7, nullableString, null),
    retentionTimeMs: retentionTime,
    topics: byTopic(
      struct({
        partition: int32,
        offset: int64,
        leaderEpoch: since(6, int32, -1),
        metadata: nullableString,
      }),
    ),
  }),
  response: struct({
    throttleTimeMs: since(3, int32, 0),
    topics: byTopic(struct({ partition: int32, errorCode: int16 })),
  }),
  handle(request, context) {
    const { groupId } = request;
    const refused = groupRefusal(context, groupId) || context.broker.groups.validateCommit(request);
    const accepted: OffsetToCommit[] = [];
    const topics = request.topics.map(({ name, partitions }) => {
      const topicId = context.broker.topics.get(name)?.id;
      const answers = partitions.map((wanted) => {
        const commit = { topic: name, ...wanted };
        const injected = context.faults.errorFor({
          group: groupId,
          topic: name,
          partition: wanted.partition,
        });
        const errorCode = injected || refused || check(commit, context);
        if (errorCode === ErrorCode.NONE)
          accepted.push(topicId === undefined ? commit : { ...commit, topicId });
        return { partition: wanted.partition, errorCode };
      });
      return { name, partitions: answers };
    });
    const { errorCode: notKept } = outcomeOf(() => {
      context.broker.offsets.commit(groupId, accepted);
    });
    return { throttleTimeMs: 0, topics: notKept === 0 ? topics : topics.map(refuseAccepted) };
  },
});

/** A coordinator that cannot write, as Apache Kafka answers it: clients look for another and try again. */
function refuseAccepted({
  name,
  partitions,
}: {
  name: string;
  partitions: { partition: number; errorCode: number }[];
}) {
  const refused = partitions.map(({ partition, errorCode }) => ({
    partition,
    errorCode: errorCode || ErrorCode.NOT_COORDINATOR,
  }));
  return { name, partitions: refused };
}

function check({ topic, partition, metadata }: OffsetToCommit, { broker }: RequestContext): number {
  if (!broker.topics.partition(topic, partition)) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  if (Buffer.byteLength(metadata ?? '') > MAX_METADATA_BYTES) return ErrorCode.OFFSET_METADATA_TOO_LARGE;
  return ErrorCode.NONE;
}
