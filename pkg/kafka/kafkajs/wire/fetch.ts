import type { TopicPartition } from '../../driver.js';
import type { Call } from './call.js';

const CONSUMER = -1;
const NO_SESSION = 0;
const NO_SESSION_EPOCH = -1;
const ANY_LEADER_EPOCH = -1;
const NO_LOG_START = -1n;
const MIN_BYTES = 1;
const READ_COMMITTED = 1;
const READ_UNCOMMITTED = 0;

export interface FetchAnswer {
  readonly errorCode: number;
  readonly highWatermark: bigint;
  readonly lastStableOffset: bigint;
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  /** Record batches as stored. */
  readonly bytes: Buffer;
}

/** Fetch 11 of one partition: waits at the node for the first byte, up to `maxWaitMs`. */
export function fetch(
  { topic, partition }: TopicPartition,
  parts: {
    readonly offset: bigint;
    readonly committed: boolean;
    readonly maxBytes: number;
    readonly maxWaitMs: number;
  },
): Call<FetchAnswer | undefined> {
  return {
    api: { key: 1, name: 'Fetch', version: 11 },
    write(to) {
      to.int32(CONSUMER).int32(parts.maxWaitMs).int32(MIN_BYTES).int32(parts.maxBytes);
      to.int8(parts.committed ? READ_COMMITTED : READ_UNCOMMITTED);
      to.int32(NO_SESSION).int32(NO_SESSION_EPOCH);
      to.array([topic], (name) => {
        to.string(name).array([partition], (id) => {
          to.int32(id).int32(ANY_LEADER_EPOCH).int64(parts.offset).int64(NO_LOG_START).int32(parts.maxBytes);
        });
      });
      to.array([], () => undefined); // topics to forget
      to.string(''); // rack
    },
    read(from) {
      const throttleMs = from.int32();
      const wholeError = from.int16();
      from.int32(); // session
      const answers = from.array(() => {
        from.string(); // topic
        return from.array((): FetchAnswer => {
          from.int32(); // partition
          const errorCode = from.int16();
          const highWatermark = from.int64();
          const lastStableOffset = from.int64();
          from.int64(); // log start
          const aborted = from.array(() => ({ producerId: from.int64(), firstOffset: from.int64() }));
          from.int32(); // preferred replica
          const bytes = from.bytes();
          return { errorCode: wholeError || errorCode, highWatermark, lastStableOffset, aborted, bytes };
        });
      });
      return { body: answers.flat()[0], throttleMs };
    },
  };
}
