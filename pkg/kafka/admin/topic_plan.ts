import type { KafkaDriver, TopicSpec } from '../driver.js';
import { TopicNotCreated, UnknownTopic } from '../errors.js';
import { call } from './calls.js';
import { differencesOf, unaskedSettings, type TopicDifference } from './differences.js';
import { obstacle, PARTITIONS, type ApplyOptions } from './obstacles.js';

/** A difference, and why {@link applyTopics} leaves it; without a reason it mends it. */
export interface JudgedDifference extends TopicDifference {
  readonly why?: string;
}

/** Where a topic is not what it should be. */
export interface TopicDrift {
  readonly topic: string;
  /** It does not exist; then there are no differences to tell. */
  readonly missing: boolean;
  /** The settings that the topic has of its own and that nobody asked for are among them. */
  readonly differences: readonly JudgedDifference[];
}

/** What was done to a topic to make it what it should be. */
export interface AppliedTopic {
  readonly topic: string;
  readonly created: boolean;
  readonly changed: readonly TopicDifference[];
  /** Differences that stay, and why. */
  readonly left: readonly (TopicDifference & { readonly why: string })[];
}

/** Compares topics with what they should be, and changes nothing. @throws BrokerUnreachable, AdminRefused */
export function driftOf(driver: KafkaDriver, specs: readonly TopicSpec[]): Promise<TopicDrift[]> {
  return judgedDriftOf(driver, specs, {});
}

/**
 * Makes topics what they should be: creates those that are missing, adds partitions, changes settings. It never
 * deletes a topic, takes no partition away, and changes what makes brokers delete messages only when told; so it
 * does settings that are not asked for. Copies of an existing topic cannot be changed from here, and until there
 * are as many as `min.insync.replicas` is to ask for, that stays as well.
 *
 * @throws TopicNotCreated, BrokerUnreachable, AdminRefused; what was done until then stays
 */
export async function applyTopics(
  driver: KafkaDriver,
  specs: readonly TopicSpec[],
  options: ApplyOptions = {},
): Promise<AppliedTopic[]> {
  const applied: AppliedTopic[] = [];
  const drift = await judgedDriftOf(driver, specs, options);
  for (const [index, spec] of specs.entries()) {
    const found = drift[index];
    if (found === undefined) continue;
    if (found.missing) {
      await create(driver, spec);
      applied.push({ topic: spec.topic, created: true, changed: [], left: [] });
    } else {
      const changed = found.differences.filter(({ why }) => why === undefined);
      await change(driver, spec, changed);
      const left = found.differences.flatMap(({ why, ...difference }) =>
        why === undefined ? [] : [{ ...difference, why }],
      );
      applied.push({ topic: spec.topic, created: false, changed, left });
    }
  }
  return applied;
}

function judgedDriftOf(
  driver: KafkaDriver,
  specs: readonly TopicSpec[],
  options: ApplyOptions,
): Promise<TopicDrift[]> {
  return Promise.all(
    specs.map(async (spec) => {
      try {
        return { topic: spec.topic, missing: false, differences: await differences(driver, spec, options) };
      } catch (error) {
        if (!(error instanceof UnknownTopic)) throw error;
        return { topic: spec.topic, missing: true, differences: [] };
      }
    }),
  );
}

async function differences(
  driver: KafkaDriver,
  spec: TopicSpec,
  options: ApplyOptions,
): Promise<JudgedDifference[]> {
  const { topic } = spec;
  return call(driver, { what: `describe topic ${topic}`, topic }, async () => {
    const [shape, configs] = await Promise.all([
      driver.admin.describeTopic(topic),
      driver.admin.topicConfigs(topic),
    ]);
    return [...differencesOf(spec, shape, configs), ...unaskedSettings(spec, configs)].map((difference) => {
      const why = obstacle(difference, shape, options);
      return why === undefined ? difference : { ...difference, why };
    });
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
    const configs = Object.fromEntries(
      settings.map(({ what, wanted, unasked }) => [what, unasked ? null : wanted]),
    );
    await call(driver, subject, () => driver.admin.alterTopicConfigs(topic, configs));
  }
}
