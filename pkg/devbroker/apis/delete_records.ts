import { outcomeOf } from '../errors.js';
import { logSettings } from '../log/settings.js';
import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import { byTopic, int16, int32, int64, struct } from '../wire/schema.js';

/** Stands for the end of the log: all records are to go. */
const ALL = -1n;

/** DeleteRecords 0 to 2: moves the start of a partition's log. */
export const deleteRecords = defineApi({
  key: 21,
  name: 'DeleteRecords',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({
    topics: byTopic(struct({ partition: int32, offset: int64 })),
    timeoutMs: int32,
  }),
  response: struct({
    throttleTimeMs: int32,
    topics: byTopic(struct({ partition: int32, lowWatermark: int64, errorCode: int16 })),
  }),
  handle: ({ topics }, context) => ({
    throttleTimeMs: 0,
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partition, offset }) => ({
        partition,
        ...remove({ topic: name, partition, offset }, context),
      })),
    })),
  }),
});

function remove(
  { topic, partition, offset }: { topic: string; partition: number; offset: bigint },
  { broker, nodeId, faults }: RequestContext,
): { lowWatermark: bigint; errorCode: number } {
  const refuse = (errorCode: number) => ({ lowWatermark: -1n, errorCode });
  const injected = faults.errorFor({ topic, partition });
  if (injected !== 0) return refuse(injected);
  const configs = broker.topics.get(topic)?.configs;
  const log = broker.topics.partition(topic, partition);
  if (!configs || !log) return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (broker.leaderOf(topic, partition) !== nodeId) return refuse(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  if (!logSettings(configs).deletes) return refuse(ErrorCode.POLICY_VIOLATION);
  const target = offset === ALL ? log.endOffset : offset;
  if (target < 0n || target > log.endOffset) return refuse(ErrorCode.OFFSET_OUT_OF_RANGE);
  const { errorCode } = outcomeOf(() => {
    if (target > log.startOffset) log.deleteBefore(target);
  });
  return errorCode === 0 ? { lowWatermark: log.startOffset, errorCode } : refuse(errorCode);
}
