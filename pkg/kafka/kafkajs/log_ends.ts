import type { Cluster } from 'kafkajs';
import { asError, withTimeout } from '../async.js';
import type { PartitionPosition, TopicPartition } from '../driver.js';
import { groupByTopic } from './topics.js';

/** A leader that does not answer in so many milliseconds is asked again later. */
const ANSWER_MS = 5_000;

export type LogEnd = 'earliest' | 'latest';

/** An end of each log, for the partitions whose leader told it. */
export interface LogEnds {
  readonly found: readonly PartitionPosition[];
  readonly failed: readonly (TopicPartition & { readonly why: string })[];
}

class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor() {
    super(`its leader did not answer within ${ANSWER_MS} ms`);
  }
}

/** Asks the leaders of partitions where their logs begin or end. Never rejects: what one does not tell, others do. */
export async function logEnds(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  end: LogEnd,
): Promise<LogEnds> {
  try {
    const found = await ask(cluster, partitions, end);
    const isFound = (wanted: TopicPartition) =>
      found.some(({ topic, partition }) => topic === wanted.topic && partition === wanted.partition);
    const unknown = partitions.filter((partition) => !isFound(partition));
    return { found, failed: unknown.map((each) => ({ ...each, why: 'its leader is not known yet' })) };
  } catch (error) {
    const why = asError(error).message;
    if (error instanceof NoAnswer || partitions.length === 1) {
      return { found: [], failed: partitions.map((each) => ({ ...each, why })) };
    }
    // To kafkajs an answer fails as a whole where one of its partitions does.
    const each = await Promise.all(partitions.map((partition) => logEnds(cluster, [partition], end)));
    return { found: each.flatMap(({ found }) => found), failed: each.flatMap(({ failed }) => failed) };
  }
}

/** Groups what one request to a node can tell. */
export function byLeader<T extends TopicPartition & { readonly end: LogEnd }>(
  cluster: Cluster,
  partitions: readonly T[],
): T[][] {
  const groups = new Map<string, T[]>();
  for (const each of partitions) {
    const [leader = ''] = Object.keys(cluster.findLeaderForPartitions(each.topic, [each.partition]));
    const key = `${leader} ${each.end}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

async function ask(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  end: LogEnd,
): Promise<PartitionPosition[]> {
  const topics = [...groupByTopic(partitions)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition }) => ({ partition })),
    fromBeginning: end === 'earliest',
  }));
  const answers = await withTimeout(cluster.fetchTopicsOffset(topics), ANSWER_MS, () => new NoAnswer());
  return answers.flatMap(({ topic, partitions: ofTopic }) =>
    ofTopic.map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) })),
  );
}
