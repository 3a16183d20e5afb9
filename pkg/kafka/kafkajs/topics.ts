import type { Assignment } from 'kafkajs';
import type { PartitionPosition, TopicPartition } from '../driver.js';

/** Groups partitions of anything by topic, in order of first occurrence. */
export function groupByTopic<T extends TopicPartition>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const known = groups.get(item.topic);
    if (known === undefined) groups.set(item.topic, [item]);
    else known.push(item);
  }
  return groups;
}

/** kafkajs's form of a set of partitions. */
export function toAssignment(partitions: readonly TopicPartition[]): Assignment {
  return Object.fromEntries(
    [...groupByTopic(partitions)].map(([topic, items]) => [topic, items.map(({ partition }) => partition)]),
  );
}

/** The set of partitions in kafkajs's form. */
export function fromAssignment(assignment: Assignment): TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

/** Positions in kafkajs's form. */
export function toOffsets(positions: readonly PartitionPosition[]) {
  return [...groupByTopic(positions)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition, offset }) => ({ partition, offset: offset.toString() })),
  }));
}
