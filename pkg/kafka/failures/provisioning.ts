import { setTimeout as delay } from 'node:timers/promises';
import { DriverError, type DriverAdmin, type TopicSpec } from '../driver.js';
import { RightMissing } from '../errors.js';
import { FailureTopicsMissing, type MissingTopic } from './errors.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Dead letters wait for a person. */
const RETENTION_MS = 30 * DAY_MS;
const MAX_BYTES = 'max.message.bytes';
/** A dead letter is larger than its message, by what it says about the error. */
const ROOM_BYTES = 65_536;
/** Twice the default of brokers. */
const LEAST_MAX_BYTES = 2_097_152;
const CONFIGS: Readonly<Record<string, string>> = { 'retention.ms': String(RETENTION_MS) };
/** A topic that was just created is not known to every node at once. */
const KNOWN_WITHIN_MS = 5_000;
const ASK_AGAIN_MS = 100;
/** Leaves the number of copies to the broker's default. */
const BROKER_DEFAULT = -1;

/** Topics that a group needs because of one that it reads. */
export interface FailureTopics {
  readonly source: string;
  readonly topics: readonly string[];
}

/** What failure topics are created with, besides what follows from their source. */
export interface FailureTopicLayout {
  /** Copies of each; -1, the default, leaves it to the broker. */
  readonly replicationFactor?: number;
  /** Settings, for example `min.insync.replicas`. */
  readonly configs?: Readonly<Record<string, string>>;
}

interface MissingOf extends MissingTopic {
  readonly source: string;
}

/**
 * Sees to it that the topics exist, each with as many partitions as its source. Existing ones are left
 * as they are.
 *
 * @param group.provision whether missing topics are created: kept for 30 days, with room for the largest
 *   message of their source and its error.
 * @throws FailureTopicsMissing naming all of them, when they are not to be created. RightMissing naming all that
 *   this client may not ask for. DriverError:
 *   `unknown-topic` with the topic, when a source does not exist; what the creation failed with.
 */
export async function ensureFailureTopics(
  admin: DriverAdmin,
  needed: readonly FailureTopics[],
  group: { readonly groupId: string; readonly provision: boolean; readonly layout?: FailureTopicLayout },
): Promise<void> {
  const partitions = await partitionsOf(admin, needed, group.groupId);
  const missing = needed.flatMap((topics) => missingOf(topics, partitions));
  if (missing.length === 0) return;
  if (!group.provision) throw new FailureTopicsMissing(group.groupId, missing);
  await Promise.all(missing.map((topic) => create(admin, topic, group.layout)));
}

/** How a failure topic is created, in whose source messages may be so large. */
export function failureTopicSpec(
  { topic, partitions }: MissingTopic,
  maxBytes: number,
  { replicationFactor = BROKER_DEFAULT, configs }: FailureTopicLayout = {},
): TopicSpec {
  const room = String(Math.max(LEAST_MAX_BYTES, maxBytes + ROOM_BYTES));
  return { topic, partitions, replicationFactor, configs: { ...CONFIGS, [MAX_BYTES]: room, ...configs } };
}

async function create(
  admin: DriverAdmin,
  { source, ...missing }: MissingOf,
  layout: FailureTopicLayout | undefined,
): Promise<void> {
  try {
    await admin.createTopic(failureTopicSpec(missing, await maxBytesOf(admin, source), layout));
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    const { reason, message, protocolError } = error;
    throw new DriverError(reason, message, { cause: error, protocolError, topic: missing.topic });
  }
}

/** The largest message that a topic takes; 0 where one may not ask. It may be one that was just created. */
export async function maxBytesOf(admin: DriverAdmin, source: string): Promise<number> {
  const deadline = performance.now() + KNOWN_WITHIN_MS;
  for (;;) {
    try {
      const configs = await admin.topicConfigs(source);
      return Number(configs.find(({ name }) => name === MAX_BYTES)?.value ?? 0);
    } catch (error) {
      const reason = error instanceof DriverError ? error.reason : undefined;
      // Not everyone who may create a topic may ask for this; what is too large later says what to do.
      if (reason === 'refused') return 0;
      if (reason !== 'unknown-topic' || performance.now() > deadline) throw error;
    }
    await delay(ASK_AGAIN_MS);
  }
}

const NOT_AUTHORIZED = 'TOPIC_AUTHORIZATION_FAILED';

/** How many partitions each topic has, 0 where it does not exist. @throws RightMissing, DriverError */
async function partitionsOf(
  admin: DriverAdmin,
  needed: readonly FailureTopics[],
  groupId: string,
): Promise<ReadonlyMap<string, number>> {
  const topics = [...new Set(needed.flatMap(({ source, topics: own }) => [source, ...own]))];
  const counts = await Promise.all(
    topics.map(async (topic) => [topic, await countOf(admin, topic)] as const),
  );
  const hidden = counts.filter(([, count]) => count === NOT_AUTHORIZED).map(([topic]) => topic);
  if (hidden.length > 0) {
    // To whom a topic is hidden, brokers do not say whether it exists.
    const mend = 'grant its user DESCRIBE, READ and WRITE there, also where the topic is yet to be made';
    throw new RightMissing(
      `DESCRIBE on topic ${hidden.join(', ')}, for group ${groupId}`,
      mend,
      NOT_AUTHORIZED,
    );
  }
  return new Map(counts.map(([topic, count]) => [topic, Number(count)]));
}

function missingOf({ source, topics }: FailureTopics, counts: ReadonlyMap<string, number>): MissingOf[] {
  const partitions = counts.get(source) ?? 0;
  if (partitions === 0) {
    throw new DriverError('unknown-topic', `topic ${source} does not exist`, { topic: source });
  }
  return topics.filter((topic) => counts.get(topic) === 0).map((topic) => ({ source, topic, partitions }));
}

/** 0 for a topic that there is not. */
export async function countOrZero(admin: DriverAdmin, topic: string): Promise<number> {
  try {
    return await admin.partitionCount(topic);
  } catch (error) {
    if (error instanceof DriverError && error.reason === 'unknown-topic') return 0;
    throw error;
  }
}

async function countOf(admin: DriverAdmin, topic: string): Promise<number | typeof NOT_AUTHORIZED> {
  try {
    return await countOrZero(admin, topic);
  } catch (error) {
    if (error instanceof DriverError && error.protocolError === NOT_AUTHORIZED) return NOT_AUTHORIZED;
    throw error;
  }
}
