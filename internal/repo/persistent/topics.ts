/** What a topic is created with. */
export interface TopicSpec {
  topic: string;
  partitions: number;
  /** -1 leaves it to the broker's default.replication.factor. */
  replicationFactor: number;
  configs: Readonly<Record<string, string>>;
}

const UNLIMITED = '-1';
/** What a domain's events ask of their topic. */
type TopicLayout = Pick<TopicSpec, 'partitions' | 'configs'>;

/** Events are facts: they stay, all of them, compressed as their producers did. */
const EVENTS = {
  'cleanup.policy': 'delete',
  'retention.ms': UNLIMITED,
  'retention.bytes': UNLIMITED,
  'compression.type': 'producer',
};

/**
 * The topics of this service, by the domain whose events they carry: the one place that says how they are
 * laid out. Partitions decide which events keep their order, so choose them once and for good.
 */
const topics: Readonly<Record<string, TopicLayout>> = {
  users: { partitions: 3, configs: EVENTS },
  translations: { partitions: 3, configs: EVENTS },
};

/**
 * How a topic is kept by so many nodes (`KAFKA.REPLICATION_FACTOR`). A message is acknowledged once all of them but one
 * have it, so that one may fail at any time.
 */
export function copiesOf(replicationFactor: number): Pick<TopicSpec, 'replicationFactor' | 'configs'> {
  const configs = replicationFactor > 1 ? { 'min.insync.replicas': String(replicationFactor - 1) } : {};
  return { replicationFactor, configs };
}

/**
 * The topics of these domains under the names that the configuration gives them (`KAFKA.TOPICS`), each kept as
 * {@link copiesOf} says.
 * @throws Error for a domain that has none above
 */
export function topicsOf(
  names: Iterable<readonly [domain: string, topic: string]>,
  { replicationFactor }: { readonly replicationFactor: number },
): ReadonlyMap<string, TopicSpec> {
  const specs = new Map(Object.entries(topics));
  const copies = copiesOf(replicationFactor);
  return new Map(
    Array.from(names, ([domain, topic]) => {
      const spec = specs.get(domain);
      if (!spec) throw new Error(`domain "${domain}" has no topic; add one to persistent/topics.ts`);
      return [domain, { ...spec, ...copies, topic, configs: { ...spec.configs, ...copies.configs } }];
    }),
  );
}
