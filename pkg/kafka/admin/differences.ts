import type { TopicConfig, TopicShape, TopicSpec } from '../driver.js';

/** Where an existing topic is not what was asked for. */
export interface TopicDifference {
  /** `partitions`, `replicationFactor`, or the name of a setting. */
  readonly what: string;
  readonly wanted: string;
  readonly actual: string;
  /** The topic has this setting of its own and nobody asked for it; `wanted` is what it is without. */
  readonly unasked?: true;
}

/** A replication factor or number of partitions that leaves it to the broker. */
const BROKER_DEFAULT = -1;

/** Compares a topic with what is asked for; settings that are not may be anything. */
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
      actual: copiesOf(partitions, spec.replicationFactor),
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

/** The settings that a topic has of its own and that nobody asked for: they may be what somebody once tried out. */
export function unaskedSettings(
  { configs: asked = {} }: TopicSpec,
  configs: readonly TopicConfig[],
): TopicDifference[] {
  return configs
    .filter(({ name, own }) => own && !Object.hasOwn(asked, name))
    .map(({ name, value, inherited }) => ({
      what: name,
      wanted: inherited ?? 'what the brokers have',
      actual: String(value),
      unasked: true,
    }));
}

/** How many copies the partitions have; where they differ, the fewest that are not as wanted, and of which. */
function copiesOf(partitions: TopicShape['partitions'], wanted: number): string {
  const off = partitions.filter(({ replicas }) => replicas.length !== wanted);
  if (off.length === 0) return String(wanted);
  const fewest = Math.min(...off.map(({ replicas }) => replicas.length));
  const which = off.filter(({ replicas }) => replicas.length === fewest).map(({ partition }) => partition);
  if (which.length === partitions.length) return String(fewest);
  return `${fewest} in partition${which.length === 1 ? '' : 's'} ${which.join(', ')}`;
}
