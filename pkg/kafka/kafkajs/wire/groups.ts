import type { PartitionPosition, TopicPartition } from '../../driver.js';
import { groupByTopic } from '../topics.js';
import type { Call } from './call.js';

const GROUP = 0;
const NO_GENERATION = -1;
const NO_MEMBER = '';
const DEFAULT_RETENTION = -1n;

export interface Coordinator {
  readonly errorCode: number;
  readonly node: number;
}

/** FindCoordinator 1 for a consumer group. */
export function findCoordinator(groupId: string): Call<Coordinator> {
  return {
    api: { key: 10, name: 'FindCoordinator', version: 1 },
    write(to) {
      to.string(groupId).int8(GROUP);
    },
    read(from) {
      const throttleMs = from.int32();
      const errorCode = from.int16();
      from.string(); // message
      const body = { errorCode, node: from.int32() };
      return { body, throttleMs };
    },
  };
}

/** What became of the position of one partition. */
export interface CommitAnswer extends TopicPartition {
  readonly errorCode: number;
}

/** OffsetCommit 3 by nobody in particular: brokers take it for a group without members only. */
export function commitOffsets(
  groupId: string,
  positions: readonly PartitionPosition[],
): Call<CommitAnswer[]> {
  return {
    api: { key: 8, name: 'OffsetCommit', version: 3 },
    write(to) {
      to.string(groupId).int32(NO_GENERATION).string(NO_MEMBER).int64(DEFAULT_RETENTION);
      to.array([...groupByTopic(positions)], ([topic, ofTopic]) => {
        to.string(topic).array(ofTopic, ({ partition, offset }) => {
          to.int32(partition).int64(offset).string('');
        });
      });
    },
    read(from) {
      const throttleMs = from.int32();
      const answers = from.array(() => {
        const topic = from.string() ?? '';
        return from.array((): CommitAnswer => ({ topic, partition: from.int32(), errorCode: from.int16() }));
      });
      return { body: answers.flat(), throttleMs };
    },
  };
}
