import { DriverError, type KafkaDriver, type TopicSpec } from '../driver.js';
import {
  countOrZero,
  failureTopicSpec,
  maxBytesOf,
  type FailureTopicLayout,
  type FailureTopics,
} from '../failures/provisioning.js';
import { call } from './calls.js';

/** What is known of failure topics without asking the brokers. */
export interface FailurePlan {
  /** How their sources should be, which may not exist yet. */
  readonly sources: readonly TopicSpec[];
  readonly layout?: FailureTopicLayout;
}

/** Settings of which an operator may have given a topic more: that is no difference from what it should be. */
const AT_LEAST = ['max.message.bytes', 'retention.ms'];
const UNLIMITED = '-1';

/**
 * How the dead-letter and retry topics of groups should be: as many partitions as their source, room for its largest
 * message with its error, kept for 30 days. What exists and has more of it may stay so. For `driftOf` and
 * `applyTopics`, after their sources.
 *
 * @param needed of {@link KafkaManager.failureTopics}
 * @throws BrokerUnreachable, AdminRefused
 */
export async function failureTopicSpecs(
  driver: KafkaDriver,
  needed: readonly FailureTopics[],
  { sources, layout = {} }: FailurePlan,
): Promise<TopicSpec[]> {
  const specs = needed.map(async ({ source, topics }) =>
    call(driver, { what: `describe topic ${source}`, topic: source }, async () => {
      const wanted = sources.find(({ topic }) => topic === source);
      const found = await countOrZero(driver.admin, source);
      const maxBytes =
        found > 0
          ? await maxBytesOf(driver.admin, source)
          : Number(wanted?.configs?.['max.message.bytes'] ?? 0);
      const partitions = Math.max(found, wanted?.partitions ?? 1);
      return Promise.all(
        topics.map((topic) => orMore(driver, failureTopicSpec({ topic, partitions }, maxBytes, layout))),
      );
    }),
  );
  return (await Promise.all(specs)).flat();
}

/** The same, with as much as the topic has where that is more. */
async function orMore(driver: KafkaDriver, spec: TopicSpec): Promise<TopicSpec> {
  const partitions = Math.max(spec.partitions, await countOrZero(driver.admin, spec.topic));
  const configs = { ...spec.configs };
  for (const { name, value } of await configsOf(driver, spec.topic)) {
    if (value !== null && AT_LEAST.includes(name) && isMore(value, configs[name])) configs[name] = value;
  }
  return { ...spec, partitions, configs };
}

async function configsOf({ admin }: KafkaDriver, topic: string) {
  try {
    return await admin.topicConfigs(topic);
  } catch (error) {
    if (error instanceof DriverError && error.reason === 'unknown-topic') return [];
    throw error;
  }
}

function isMore(value: string, than: string | undefined): boolean {
  return than !== UNLIMITED && (value === UNLIMITED || Number(value) > Number(than));
}
