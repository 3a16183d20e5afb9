import type { Call } from './call.js';

const LEADER_NOT_AVAILABLE = 5;
const NO_LEADER = -1;

export interface ClusterMetadata {
  readonly nodes: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  readonly topics: readonly TopicMetadata[];
}

export interface TopicMetadata {
  readonly topic: string;
  readonly errorCode: number;
  readonly partitions: readonly PartitionMetadata[];
}

export interface PartitionMetadata {
  readonly partition: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

/** Metadata 4: the nodes, and the leaders of these topics' partitions (-1: none). Creates nothing. */
export function metadata(topics: readonly string[]): Call<ClusterMetadata> {
  return {
    api: { key: 3, name: 'Metadata', version: 4 },
    write(to) {
      to.array(topics, (topic) => to.string(topic)).int8(0);
    },
    read(from) {
      const throttleMs = from.int32();
      const nodes = from.array(() => {
        const node = { id: from.int32(), host: from.string() ?? '', port: from.int32() };
        from.string(); // rack
        return node;
      });
      from.string(); // cluster id
      from.int32(); // controller
      const described = from.array((): TopicMetadata => {
        const errorCode = from.int16();
        const topic = from.string() ?? '';
        from.bool(); // internal
        const partitions = from.array(() => {
          const partitionError = from.int16();
          const partition = from.int32();
          const leader = from.int32();
          return {
            partition,
            leader: partitionError === LEADER_NOT_AVAILABLE ? NO_LEADER : leader,
            replicas: from.array(() => from.int32()),
            inSync: from.array(() => from.int32()),
          };
        });
        return { topic, errorCode, partitions };
      });
      return { body: { nodes, topics: described }, throttleMs };
    },
  };
}
