import { DriverError, type DriverReader, type TopicPartition } from '../driver.js';
import { decodeBatches } from '../records/decode.js';
import type { ConnectionOptions } from './client.js';
import { toDriverError, unknownPartition } from './errors.js';
import { protocolError } from './internals.js';
import { ClusterLink } from './link.js';
import { tellingRight } from './rights.js';
import type { Call } from './wire/call.js';
import { fetch } from './wire/fetch.js';
import { EARLIEST, LATEST, listOffsets } from './wire/list_offsets.js';

const NONE = 0;

/** Opens a group-less reader; nothing is connected before it is used. */
export function createReader(options: ConnectionOptions): DriverReader {
  const link = new ClusterLink(options);
  /** Forgotten after every failure, since it may have moved. */
  const leaders = new Map<string, number>();

  const refusal = (errorCode: number, topic: string): DriverError =>
    tellingRight(options.access, toDriverError(protocolError(errorCode)), 'READ', 'topic', topic);

  const findLeader = async ({ topic, partition }: TopicPartition): Promise<number> => {
    const { topics } = await link.metadata([topic]);
    const found = topics.find((candidate) => candidate.topic === topic);
    if (found === undefined) throw new DriverError('failed', `topic ${topic} was not described`);
    if (found.errorCode !== NONE) throw refusal(found.errorCode, topic);
    const leader = found.partitions.find((candidate) => candidate.partition === partition)?.leader;
    if (leader === undefined) throw unknownPartition({ topic, partition });
    if (leader < 0) throw new DriverError('failed', 'it has no leader now');
    return leader;
  };

  const ask = async <T extends { readonly errorCode: number }>(
    partition: TopicPartition,
    call: Call<T | undefined>,
  ): Promise<T> => {
    const key = `${partition.partition}/${partition.topic}`;
    try {
      const leader = leaders.get(key) ?? (await findLeader(partition));
      leaders.set(key, leader);
      const answer = await link.request(leader, call);
      if (answer === undefined) throw new DriverError('failed', 'the node left the partition out');
      if (answer.errorCode !== NONE) throw refusal(answer.errorCode, partition.topic);
      return answer;
    } catch (error) {
      leaders.delete(key);
      throw toDriverError(error);
    }
  };

  return {
    async offsetAt(partition, at, isolation) {
      const timestamp = at === 'earliest' ? EARLIEST : at === 'latest' ? LATEST : BigInt(at);
      const committed = isolation === 'committed';
      const { offset } = await ask(partition, listOffsets(partition, { timestamp, committed }));
      return offset < 0n ? undefined : offset;
    },

    async fetch(partition, { offset, isolation, maxBytes, maxWaitMs }) {
      const committed = isolation === 'committed';
      const answer = await ask(partition, fetch(partition, { offset, committed, maxBytes, maxWaitMs }));
      return {
        batches: decodeBatches(answer.bytes, partition),
        aborted: answer.aborted,
        endOffset: committed ? answer.lastStableOffset : answer.highWatermark,
      };
    },

    close() {
      link.close();
    },
  };
}
