import { type TopicPartition } from '../group/offsets.js';
import { groupRefusal } from './refusals.js';
import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import {
  array,
  bool,
  byTopic,
  type Field,
  int16,
  int32,
  int64,
  nullableArray,
  nullableString,
  since,
  string,
  struct,
  until,
} from '../wire/schema.js';

const topicRequest = struct({ name: string, partitions: array(int32) });
const topicsRequest = nullableArray(topicRequest);

const topicsResponse = byTopic(
  struct({
    partition: int32,
    offset: int64,
    leaderEpoch: since(5, int32, -1),
    metadata: nullableString,
    errorCode: int16,
  }),
);

/** Carried from version 2 to 7: before, partitions had their own code only; after, every group has one. */
const answerError: Field<number> = { type: int16, since: 2, until: 7, absent: 0 };

/** OffsetFetch 1 to 8; from version 8 on for several groups at once. -1 stands for "nothing committed". */
export const offsetFetch = defineApi({
  key: 9,
  name: 'OffsetFetch',
  versions: [1, 8],
  flexibleSince: 6,
  request: struct({
    groupId: until(7, string, ''),
    topics: until(7, topicsRequest, null),
    groups: since(8, array(struct({ groupId: string, topics: topicsRequest })), []),
    requireStable: since(7, bool, false),
  }),
  response: struct({
    throttleTimeMs: since(3, int32, 0),
    topics: until(7, topicsResponse, []),
    errorCode: answerError,
    groups: since(8, array(struct({ groupId: string, topics: topicsResponse, errorCode: int16 })), []),
  }),
  handle(request, context) {
    const { groupId, topics, groups } = request;
    const answers = groups.map((group) => ({ groupId: group.groupId, ...read(group, context) }));
    return { throttleTimeMs: 0, ...read({ groupId, topics }, context), groups: answers };
  },
});

type Wanted = { name: string; partitions: number[] }[];

/** The offsets of the named partitions, or of all that were ever committed. */
function read({ groupId, topics }: { groupId: string; topics: Wanted | null }, context: RequestContext) {
  const { broker, version, faults } = context;
  const { offsets } = broker;
  const refused = groupRefusal(context, groupId);
  if (refused !== 0 && version >= 2) return { errorCode: refused, topics: [] };
  const found = (topics ?? grouped(offsets.fetchAll(groupId))).map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((partition) => {
      const committed = offsets.fetch(groupId, { topic: name, partition });
      return {
        partition,
        offset: committed?.offset ?? -1n,
        leaderEpoch: committed?.leaderEpoch ?? -1,
        metadata: committed?.metadata ?? '',
        // Version 1 has no other place for a group's error.
        errorCode: refused || faults.errorFor({ group: groupId, topic: name, partition }),
      };
    }),
  }));
  return { errorCode: ErrorCode.NONE, topics: found };
}

function grouped(committed: readonly TopicPartition[]): Wanted {
  const names = [...new Set(committed.map(({ topic }) => topic))];
  return names.map((name) => ({
    name,
    partitions: committed.filter(({ topic }) => topic === name).map(({ partition }) => partition),
  }));
}
