import { setTimeout as delay } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import type { RetryOptions } from 'kafkajs';
import { withTimeout } from '../async.js';
import { DriverError, type DriverAdmin } from '../driver.js';
import { openClient, type ConnectionOptions } from './client.js';
import { toDriverError } from './errors.js';

/** About 5 s in all. */
const RETRY: RetryOptions = {
  initialRetryTime: 200,
  multiplier: 2,
  factor: 0.2,
  maxRetryTime: 2_000,
  retries: 5,
};
const REQUEST_TIMEOUT_MS = 15_000;
const METADATA_POLL_MS = 50;

/**
 * Opens a connection per call: a kafkajs admin keeps every topic it has seen in its metadata requests,
 * so that one topic deleted later fails all that follow.
 */
export function createAdmin(options: ConnectionOptions): DriverAdmin {
  const run = <T>(work: (admin: kafkajs.Admin) => Promise<T>) => withAdmin(options, RETRY, work);
  return {
    createTopic: ({ topic, partitions, replicationFactor, configs = {} }) =>
      run(async (admin) => {
        const created = await admin.createTopics({
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
        });
        await untilLed(admin, topic);
        return created;
      }),

    partitionCount: (topic) =>
      run(async (admin) => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        return topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
      }),

    deleteTopic: (topic) =>
      run((admin) => admin.deleteTopics({ topics: [topic], timeout: REQUEST_TIMEOUT_MS })),

    topicOffsets: (topic) =>
      run(async (admin) => {
        // fetchTopicOffsets() would retry for seconds when the topic does not exist; this fails at once.
        await admin.fetchTopicMetadata({ topics: [topic] });
        const partitions = await admin.fetchTopicOffsets(topic);
        return partitions
          .map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
          .sort((a, b) => a.partition - b.partition);
      }),

    groupOffsets: (groupId, topics) =>
      run(async (admin) => {
        const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
        return committed.flatMap(({ topic, partitions }) =>
          partitions
            .map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) }))
            .filter(({ offset }) => offset >= 0n)
            .sort((a, b) => a.partition - b.partition),
        );
      }),
  };
}

/**
 * Waits until every partition of a topic has a leader. A broker may know of a topic that was just created,
 * here or by somebody else, a little later than the controller that created it.
 */
async function untilLed(admin: kafkajs.Admin, topic: string): Promise<void> {
  const deadline = performance.now() + REQUEST_TIMEOUT_MS;
  for (;;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const partitions = topics.find(({ name }) => name === topic)?.partitions ?? [];
      if (partitions.length > 0 && partitions.every(({ leader }) => leader >= 0)) return;
    } catch (error) {
      if (toDriverError(error).reason !== 'unknown-topic' || performance.now() > deadline) throw error;
    }
    if (performance.now() > deadline) throw new DriverError('failed', `${topic} got no leader`, { topic });
    await delay(METADATA_POLL_MS);
  }
}

/**
 * Asks any of the brokers for the cluster's metadata, each bootstrap address once or twice. When the time is
 * up nothing of it goes on: a host that accepts connections and stays silent would hold the process.
 */
export async function ping(options: ConnectionOptions, timeoutMs: number): Promise<void> {
  const retry = { ...RETRY, initialRetryTime: 50, maxRetryTime: 200, retries: options.brokers.length };
  const client = openClient(options, retry);
  const admin = client.kafka.admin({ retry });
  const asked = admin.connect().then(() => admin.describeCluster());
  try {
    await withTimeout(
      asked,
      timeoutMs,
      () => new DriverError('unreachable', `no answer within ${timeoutMs} ms`),
    );
  } catch (error) {
    throw toDriverError(error, client.lastSocketError());
  } finally {
    client.seal();
    // Sealed, it fails where it still waited; that has been said already.
    asked.catch(() => undefined);
  }
}

async function withAdmin<T>(
  options: ConnectionOptions,
  retry: RetryOptions,
  work: (admin: kafkajs.Admin) => Promise<T>,
): Promise<T> {
  const client = openClient(options, retry);
  const admin = client.kafka.admin({ retry });
  try {
    await admin.connect();
    return await work(admin);
  } catch (error) {
    throw toDriverError(error, client.lastSocketError());
  } finally {
    await admin.disconnect().catch((error: unknown) => {
      options.logger.debug('an admin client did not disconnect cleanly', { error });
    });
    client.seal();
  }
}
