import type { TopicConfig, TopicShape, TopicSpec } from '../driver.js';

/** Where an existing topic is not what was asked for. */
export interface TopicDifference {
  /** `partitions`, `replicationFactor`, or the name of a setting. */
  readonly what: string;
  readonly wanted: string;
  readonly actual: string;
}

/** A replication factor or number of partitions that leaves it to the broker. */
const BROKER_DEFAULT = -1;

/** Compares a topic with what it should be; settings that are not asked for may be anything. */
export function differencesOf(
  spec: TopicSpec,
  { partitions }: TopicShape,
  configs: readonly TopicConfig[],
): TopicDifference[] {
  const actual = new Map(configs.map(({ name, value }) => [name, value]));
  const numbers = [
    { what: 'partitions', wanted: spec.partitions, actual: partitions.length },
    {
      what: 'replicationFactor',
      wanted: spec.replicationFactor,
      actual: partitions[0]?.replicas.length ?? 0,
    },
  ].filter(({ wanted }) => wanted !== BROKER_DEFAULT);
  const settings = Object.entries(spec.configs ?? {}).map(([what, wanted]) => ({
    what,
    wanted,
    actual: actual.get(what) ?? 'not known to the broker',
  }));
  return [...numbers, ...settings]
    .map((item) => ({ what: item.what, wanted: String(item.wanted), actual: String(item.actual) }))
    .filter((item) => item.wanted !== item.actual);
}
