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

/**
 * The topics of these domains under the names that the configuration gives them (`KAFKA.TOPICS`).
 * @throws Error for a domain that has none above
 */
export function topicsOf(
  names: Iterable<readonly [domain: string, topic: string]>,
): ReadonlyMap<string, TopicSpec> {
  const specs = new Map<string, TopicSpec>(Object.entries(topics));
  return new Map(
    Array.from(names, ([domain, topic]) => {
      const spec = specs.get(domain);
      if (!spec) throw new Error(`domain "${domain}" has no topic; add one to persistent/topics.ts`);
      return [domain, { ...spec, topic }];
    }),
  );
}
