import type { TopicPartition } from '../../driver.js';
import type { Call } from './call.js';

const CONSUMER = -1;
const READ_COMMITTED = 1;
const READ_UNCOMMITTED = 0;

/** Instead of a time: the end of the partition, and its first offset. */
export const LATEST = -1n;
export const EARLIEST = -2n;

export interface ListOffsetsAnswer {
  readonly errorCode: number;
  /** -1 when no record is that young. */
  readonly offset: bigint;
}

/** ListOffsets 2 of one partition: the first record at or after a time in ms, {@link LATEST} or {@link EARLIEST}. */
export function listOffsets(
  { topic, partition }: TopicPartition,
  parts: { readonly timestamp: bigint; readonly committed: boolean },
): Call<ListOffsetsAnswer | undefined> {
  return {
    api: { key: 2, name: 'ListOffsets', version: 2 },
    write(to) {
      to.int32(CONSUMER).int8(parts.committed ? READ_COMMITTED : READ_UNCOMMITTED);
      to.array([topic], (name) => {
        to.string(name).array([partition], (id) => to.int32(id).int64(parts.timestamp));
      });
    },
    read(from) {
      const throttleMs = from.int32();
      const answers = from.array(() => {
        from.string(); // topic
        return from.array((): ListOffsetsAnswer => {
          from.int32(); // partition
          const errorCode = from.int16();
          from.int64(); // time of the record
          return { errorCode, offset: from.int64() };
        });
      });
      return { body: answers.flat()[0], throttleMs };
    },
  };
}
