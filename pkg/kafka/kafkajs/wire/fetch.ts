import type { TopicPartition } from '../../driver.js';
import type { Call } from './call.js';
import { readFetchAnswer, type FetchedPartition } from './fetch_answer.js';

const VERSION = 11;
const CONSUMER = -1;
const NO_SESSION = 0;
const NO_SESSION_EPOCH = -1;
const ANY_LEADER_EPOCH = -1;
const NO_LOG_START = -1n;
const MIN_BYTES = 1;
const READ_COMMITTED = 1;
const READ_UNCOMMITTED = 0;

/** Fetch 11 of one partition: waits at the node for the first byte, up to `maxWaitMs`. */
export function fetch(
  { topic, partition }: TopicPartition,
  parts: {
    readonly offset: bigint;
    readonly committed: boolean;
    readonly maxBytes: number;
    readonly maxWaitMs: number;
  },
): Call<FetchedPartition | undefined> {
  return {
    api: { key: 1, name: 'Fetch', version: VERSION },
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
      const { throttleMs, errorCode, partitions } = readFetchAnswer(from, VERSION);
      const [only] = partitions;
      const body = only && { ...only, errorCode: errorCode || only.errorCode };
      return { body, throttleMs };
    },
  };
}
