/** What a topic is created with. */
export interface TopicSpec {
  topic: string;
  partitions: number;
  /** -1 leaves it to the broker's default.replication.factor. */
  replicationFactor: number;
  configs: Readonly<Record<string, string>>;
}

const UNLIMITED = '-1';
const BROKER_DEFAULT = -1;

/**
 * The topics of this service, by the domain whose events they carry: the one place that says how they are
 * laid out. Partitions decide which events keep their order, so choose them once and for good.
 */
const topics = {
  users: {
    topic: 'user-events',
    partitions: 3,
    replicationFactor: BROKER_DEFAULT,
    configs: { 'retention.ms': UNLIMITED },
  },
  translations: {
    topic: 'translation-events',
    partitions: 3,
    replicationFactor: BROKER_DEFAULT,
    configs: { 'retention.ms': UNLIMITED },
  },
} satisfies Record<string, TopicSpec>;

/** A domain that has a topic. */
export type Domain = keyof typeof topics;

/** Other names for the topics, by domain; the config file's `KAFKA.TOPICS`. */
export type TopicNames = Readonly<Record<Domain, string>>;

/** The topics under the names that the configuration gives them. */
export function topicsOf(names: TopicNames): ReadonlyMap<string, TopicSpec> {
  const renamed = Object.entries(topics) as [Domain, TopicSpec][];
  return new Map(renamed.map(([domain, spec]) => [domain, { ...spec, topic: names[domain] }]));
}
