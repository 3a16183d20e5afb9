import { setTimeout } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { DriverError, type DriverAdmin, type TopicShape } from '../driver.js';
import { withAdmin } from './admin_client.js';
import type { ConnectionOptions } from './client.js';
import { toDriverError } from './errors.js';
import { protocolError } from './internals.js';
import { withLink } from './link.js';
import { groupByTopic } from './topics.js';
import { alterTopicConfigs } from './wire/alter_configs.js';

const REQUEST_TIMEOUT_MS = 15_000;
const LEADER_POLL_MS = 50;
const LEADER_TIMEOUT_MS = 5_000;
const LEADER_CHANGES = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
]);
/** Where a setting comes from: the topic itself. */
const OWN_CONFIG = 1;
const NONE = 0;

/** Operations on topics. */
export function topicAdmin(options: ConnectionOptions) {
  const run = <T>(work: (admin: kafkajs.Admin) => Promise<T>) => withAdmin(options, work);
  const runAtLeaders = <T>(work: (admin: kafkajs.Admin) => Promise<T>) => untilLeadersAnswer(() => run(work));

  const describe = (topic: string): Promise<TopicShape> =>
    withLink(options, async (link) => {
      const { topics } = await link.metadata([topic]);
      const found = topics.find((candidate) => candidate.topic === topic);
      if (found === undefined) throw new DriverError('failed', `topic ${topic} was not described`);
      if (found.errorCode !== NONE) throw toDriverError(protocolError(found.errorCode));
      const partitions = found.partitions
        .map((each) => ({ ...each, leader: each.leader < 0 ? undefined : each.leader }))
        .sort((a, b) => a.partition - b.partition);
      return { topic, partitions };
    });

  /** True when the topic is certainly there; what else is the matter shows when it is created. */
  const exists = (topic: string): Promise<boolean> =>
    describe(topic).then(
      ({ partitions }) => partitions.length > 0,
      () => false,
    );

  const topics: Pick<
    DriverAdmin,
    | 'createTopic'
    | 'partitionCount'
    | 'addPartitions'
    | 'deleteTopic'
    | 'listTopics'
    | 'describeTopic'
    | 'topicConfigs'
    | 'alterTopicConfigs'
    | 'topicOffsets'
    | 'offsetsAt'
    | 'deleteRecords'
  > = {
    async createTopic({ topic, partitions, replicationFactor, configs = {} }) {
      // The broker's refusal of a topic that is there already would be logged as a warning.
      if (await exists(topic)) return false;
      const created = await run((admin) =>
        admin.createTopics({
          waitForLeaders: false,
          timeout: REQUEST_TIMEOUT_MS,
          topics: [
            {
              topic,
              numPartitions: partitions,
              replicationFactor,
              configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
            },
          ],
        }),
      );
      await untilLed(() => describe(topic));
      return created;
    },

    partitionCount: async (topic) => (await describe(topic)).partitions.length,

    async addPartitions(topic, total) {
      await run((admin) =>
        admin.createPartitions({ topicPartitions: [{ topic, count: total }], timeout: REQUEST_TIMEOUT_MS }),
      );
    },

    async deleteTopic(topic) {
      // kafkajs would try for seconds to delete a topic that is not there; this fails at once.
      await describe(topic);
      await run((admin) => admin.deleteTopics({ topics: [topic], timeout: REQUEST_TIMEOUT_MS }));
    },

    listTopics: () => run((admin) => admin.listTopics()),

    describeTopic: describe,

    topicConfigs: (topic) =>
      run(async (admin) => {
        const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic };
        const { resources } = await admin.describeConfigs({ resources: [resource], includeSynonyms: true });
        return (resources[0]?.configEntries ?? []).map((entry) => ({
          name: entry.configName,
          value: entry.configValue,
          own: isOwn(entry),
          // Nearest first.
          inherited: entry.configSynonyms.find((synonym) => !isOwn(synonym))?.configValue ?? null,
        }));
      }),

    alterTopicConfigs: (topic, changes) =>
      withLink(options, async (link) => {
        const answer = await link.requestAny(alterTopicConfigs(topic, changes));
        if (answer === undefined) throw new DriverError('failed', 'the broker did not answer for the topic');
        if (answer.errorCode === NONE) return;
        const { reason, message, protocolError: type } = toDriverError(protocolError(answer.errorCode));
        throw new DriverError(reason, answer.message ?? message, { protocolError: type, topic });
      }),

    topicOffsets: (topic) =>
      runAtLeaders(async (admin) => {
        // fetchTopicOffsets() would retry for seconds when the topic does not exist; this fails at once.
        await admin.fetchTopicMetadata({ topics: [topic] });
        const partitions = await admin.fetchTopicOffsets(topic);
        return partitions
          .map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
          .sort((a, b) => a.partition - b.partition);
      }),

    offsetsAt: (topic, time) =>
      runAtLeaders(async (admin) => {
        await admin.fetchTopicMetadata({ topics: [topic] });
        const partitions = await admin.fetchTopicOffsetsByTimestamp(topic, time);
        return partitions
          .map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) }))
          .sort((a, b) => a.partition - b.partition);
      }),

    deleteRecords: (positions) =>
      runAtLeaders(async (admin) => {
        for (const [topic, ofTopic] of groupByTopic(positions)) {
          // deleteTopicRecords() wants the topic to be known already, which this brings about.
          await admin.fetchTopicOffsets(topic);
          const partitions = ofTopic.map(({ partition, offset }) => ({
            partition,
            offset: offset.toString(),
          }));
          await admin.deleteTopicRecords({ topic, partitions });
        }
      }),
  };
  return topics;
}

function isOwn({ configSource }: { readonly configSource: unknown }): boolean {
  return configSource === OWN_CONFIG;
}

/**
 * Asks again while a leader has just changed: a node may not know yet that it leads a partition, also one
 * that was just created.
 */
async function untilLeadersAnswer<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + LEADER_TIMEOUT_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const { protocolError: type = '' } = toDriverError(error);
      if (!LEADER_CHANGES.has(type) || performance.now() > deadline) throw error;
    }
    await setTimeout(LEADER_POLL_MS);
  }
}

/**
 * Waits until every partition of a topic has a leader. A broker may know of a topic that was just created,
 * here or by somebody else, a little later than the controller that created it.
 */
async function untilLed(describe: () => Promise<TopicShape>): Promise<void> {
  const deadline = performance.now() + REQUEST_TIMEOUT_MS;
  for (;;) {
    try {
      const { topic, partitions } = await describe();
      if (partitions.length > 0 && partitions.every(({ leader }) => leader !== undefined)) return;
      if (performance.now() > deadline) throw new DriverError('failed', `${topic} got no leader`, { topic });
    } catch (error) {
      if (toDriverError(error).reason !== 'unknown-topic' || performance.now() > deadline) throw error;
    }
    await setTimeout(LEADER_POLL_MS);
  }
}
