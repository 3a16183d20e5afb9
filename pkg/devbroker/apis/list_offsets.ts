import { outcomeOf } from '../errors.js';
import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import { byTopic, int16, int32, int64, int8, since, struct } from '../wire/schema.js';
import { LEADER_EPOCH } from '../log/partition_log.js';

const LATEST = -1n;
const EARLIEST = -2n;
const UNKNOWN = -1n;

/** ListOffsets 1 to 5: the log's ends, and the first record at or after a time. */
export const listOffsets = defineApi({
  key: 2,
  name: 'ListOffsets',
  versions: [1, 5],
  flexibleSince: null,
  request: struct({
    replicaId: int32,
    isolationLevel: since(2, int8, 0),
    topics: byTopic(struct({ partition: int32, currentLeaderEpoch: since(4, int32, -1), timestamp: int64 })),
  }),
  response: struct({
    throttleTimeMs: since(2, int32, 0),
    topics: byTopic(
      struct({
        partition: int32,
        errorCode: int16,
        timestamp: int64,
        offset: int64,
        leaderEpoch: since(4, int32, -1),
      }),
    ),
  }),
  handle: (request, context) => ({
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partition, timestamp }) => ({
        partition,
        ...find(name, partition, timestamp, context),
      })),
    })),
  }),
});

function find(
  topic: string,
  partition: number,
  timestamp: bigint,
  { broker, nodeId, faults }: RequestContext,
) {
  const injected = faults.errorFor({ topic, partition });
  const none = { errorCode: injected, timestamp: UNKNOWN, offset: UNKNOWN, leaderEpoch: -1 };
  if (injected !== 0) return none;
  const log = broker.topics.partition(topic, partition);
  if (!log) return { ...none, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION };
  if (broker.leaderOf(topic, partition) !== nodeId) {
    return { ...none, errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER };
  }
  if (timestamp === LATEST) return { ...none, offset: log.endOffset, leaderEpoch: LEADER_EPOCH };
  if (timestamp === EARLIEST) return { ...none, offset: log.startOffset, leaderEpoch: LEADER_EPOCH };
  let answer = none;
  const { errorCode } = outcomeOf(() => {
    const found = log.findTimestamp(timestamp);
    if (found) answer = { ...none, ...found, leaderEpoch: LEADER_EPOCH };
  });
  return { ...answer, errorCode };
}
