import type { KafkaDriver, TopicSpec } from '../driver.js';
import { TopicNotCreated, UnknownTopic } from '../errors.js';
import { call } from './calls.js';
import { deletes } from './deletion.js';
import { differencesOf, type TopicDifference } from './differences.js';

/** Where a topic is not what it should be. */
export interface TopicDrift {
  readonly topic: string;
  /** It does not exist; then there are no differences to tell. */
  readonly missing: boolean;
  readonly differences: readonly TopicDifference[];
}

/** What was done to a topic to make it what it should be. */
export interface AppliedTopic {
  readonly topic: string;
  readonly created: boolean;
  readonly changed: readonly TopicDifference[];
  /** Differences that stay, and why. */
  readonly left: readonly (TopicDifference & { readonly why: string })[];
}

/** How far {@link applyTopics} may go. */
export interface ApplyOptions {
  /** Whether settings may be changed after which brokers delete messages; default false. */
  readonly mayDelete?: boolean;
}

/** Whether {@link applyTopics} mends this, without leave to have messages deleted. */
export function isMendable(difference: TopicDifference): boolean {
  return obstacle(difference, false) === undefined;
}

/** Compares topics with what they should be, and changes nothing. @throws BrokerUnreachable, AdminRefused */
export function driftOf(driver: KafkaDriver, specs: readonly TopicSpec[]): Promise<TopicDrift[]> {
  return Promise.all(
    specs.map(async (spec) => {
      try {
        return { topic: spec.topic, missing: false, differences: await differences(driver, spec) };
      } catch (error) {
        if (!(error instanceof UnknownTopic)) throw error;
        return { topic: spec.topic, missing: true, differences: [] };
      }
    }),
  );
}

/**
 * Makes topics what they should be: creates those that are missing, adds partitions, changes settings. It never
 * deletes a topic, takes no partition away, and changes what makes brokers delete messages only when told.
 * Settings that are not asked for stay as they are. Copies of an existing topic cannot be changed from here.
 *
 * @throws TopicNotCreated, BrokerUnreachable, AdminRefused; what was done until then stays
 */
export async function applyTopics(
  driver: KafkaDriver,
  specs: readonly TopicSpec[],
  { mayDelete = false }: ApplyOptions = {},
): Promise<AppliedTopic[]> {
  const applied: AppliedTopic[] = [];
  const drift = await driftOf(driver, specs);
  for (const [index, spec] of specs.entries()) {
    const found = drift[index];
    if (found === undefined) continue;
    if (found.missing) {
      await create(driver, spec);
      applied.push({ topic: spec.topic, created: true, changed: [], left: [] });
    } else {
      const judged = found.differences.map((difference) => ({
        difference,
        why: obstacle(difference, mayDelete),
      }));
      const changed = judged.flatMap(({ difference, why }) => (why === undefined ? [difference] : []));
      await change(driver, spec, changed);
      const left = judged.flatMap(({ difference, why }) =>
        why === undefined ? [] : [{ ...difference, why }],
      );
      applied.push({ topic: spec.topic, created: false, changed, left });
    }
  }
  return applied;
}

async function differences(driver: KafkaDriver, spec: TopicSpec): Promise<TopicDifference[]> {
  const { topic } = spec;
  return call(driver, { what: `describe topic ${topic}`, topic }, async () => {
    const [shape, configs] = await Promise.all([
      driver.admin.describeTopic(topic),
      driver.admin.topicConfigs(topic),
    ]);
    return differencesOf(spec, shape, configs);
  });
}

async function create(driver: KafkaDriver, spec: TopicSpec): Promise<void> {
  const { topic } = spec;
  const created = await call(driver, { what: `create topic ${topic}`, topic }, () =>
    driver.admin.createTopic(spec),
  );
  if (!created) throw new TopicNotCreated(topic, 'somebody else is just creating it; try again');
}

async function change(
  driver: KafkaDriver,
  { topic, partitions }: TopicSpec,
  changed: readonly TopicDifference[],
): Promise<void> {
  const settings = changed.filter(({ what }) => what !== PARTITIONS);
  const subject = { what: `change topic ${topic}`, topic };
  if (changed.length > settings.length) {
    await call(driver, subject, () => driver.admin.addPartitions(topic, partitions));
  }
  if (settings.length > 0) {
    const configs = Object.fromEntries(settings.map(({ what, wanted }) => [what, wanted]));
    await call(driver, subject, () => driver.admin.alterTopicConfigs(topic, configs));
  }
}

const PARTITIONS = 'partitions';
const REPLICATION = 'replicationFactor';

/** Why a difference stays; undefined where it can be mended. */
function obstacle(difference: TopicDifference, mayDelete: boolean): string | undefined {
  const { what, wanted, actual } = difference;
  if (what === REPLICATION) return 'copies are moved by kafka-reassign-partitions';
  if (what === PARTITIONS) {
    return Number(wanted) < Number(actual) ? 'Kafka takes no partition away' : undefined;
  }
  return deletes(difference) && !mayDelete ? 'brokers would delete messages' : undefined;
}
