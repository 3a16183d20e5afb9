import type { TopicPartition } from '../../driver.js';
import { groupByTopic } from '../topics.js';
import type { Call } from './call.js';

const ALL_IN_SYNC_REPLICAS = -1;

/** The batch of a partition, encoded. */
export interface ProduceBatch extends TopicPartition {
  readonly bytes: Buffer;
}

/** What became of it; the base offset is -1 unless the error code is 0. */
export interface ProduceAnswer extends TopicPartition {
  readonly errorCode: number;
  readonly baseOffset: bigint;
}

/** Produce 7, acknowledged by all in-sync replicas. The node gives up waiting for them after `timeoutMs`. */
export function produce(
  batches: () => Promise<readonly ProduceBatch[]>,
  timeoutMs: number,
): Call<ProduceAnswer[]> {
  return {
    api: { key: 0, name: 'Produce', version: 7 },
    async write(to) {
      to.string(null).int16(ALL_IN_SYNC_REPLICAS).int32(timeoutMs);
      to.array([...groupByTopic(await batches())], ([topic, ofTopic]) => {
        to.string(topic).array(ofTopic, ({ partition, bytes }) => to.int32(partition).bytes(bytes));
      });
    },
    read(from) {
      const answers = from.array(() => {
        const topic = from.string() ?? '';
        return from.array((): ProduceAnswer => {
          const partition = from.int32();
          const errorCode = from.int16();
          const baseOffset = from.int64();
          from.int64(); // append time
          from.int64(); // log start
          return { topic, partition, errorCode, baseOffset };
        });
      });
      return { body: answers.flat(), throttleMs: from.int32() };
    },
  };
}
