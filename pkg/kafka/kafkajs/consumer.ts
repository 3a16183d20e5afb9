import type { Cluster, Consumer, EachBatchPayload, RetryOptions } from 'kafkajs';
import { withTimeout } from '../async.js';
import {
  DriverError,
  type DriverConsumer,
  type DriverConsumerListener,
  type DriverConsumerOptions,
  type TopicPartition,
} from '../driver.js';
import { createAssigner } from './assigner.js';
import { openClient, type ConnectionOptions } from './client.js';
import { followCoordinators } from './coordinator.js';
import { toDriverError } from './errors.js';
import { decodeFetchesOf } from './fetch_decoding.js';
import { toFetched, toFetchedBatch } from './fetched_batch.js';
import { FetchPositions } from './fetch_positions.js';
import { restingIn } from './resting_partitions.js';
import { namingRight, tellingRight } from './rights.js';
import { StartPositions } from './start_positions.js';
import { fromAssignment, groupByTopic, toOffsets } from './topics.js';

/** For finding and reaching the brokers: about 15 s, then the member crashes and is made anew. */
const CLUSTER_RETRY: RetryOptions = {
  initialRetryTime: 200,
  multiplier: 2,
  factor: 0.2,
  maxRetryTime: 2_000,
  retries: 10,
};
/** kafkajs never resets this budget on success, so it must not run out in a long life. */
const RETRIES_FOR_LIFE = 1_000;
const PARTITIONS_AT_ONCE = 8;
/** A fetch waits so long for records, and kafkajs sleeps so long when every partition is paused. */
const MAX_WAIT_MS = 250;
const STOP_TIMEOUT_MS = 10_000;

/** Opens a kafkajs consumer that never commits by itself and never restarts by itself. */
export function createConsumer(parts: {
  readonly connection: ConnectionOptions;
  readonly settings: DriverConsumerOptions;
  readonly listener: DriverConsumerListener;
}): DriverConsumer {
  const { connection, settings, listener } = parts;
  const client = openClient(connection, CLUSTER_RETRY);
  let cluster: Cluster | undefined;
  let starts: StartPositions | undefined;
  let owned: readonly TopicPartition[] = [];
  let joined = false;
  let assigned = false;
  let stopping = false;
  let endStart: (error: DriverError) => void = () => undefined;
  let commitUnderGeneration: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  const positions = new FetchPositions((partition) => committedOffset(cluster, settings.groupId, partition));

  const failureOf = (error: unknown): DriverError =>
    namingRight(toDriverError(error, client.lastSocketError()), 'READ', 'group', settings.groupId);
  const topics = settings.topics.map(({ topic }) => topic).join(' or ');

  const revoke = () => {
    if (!assigned) return;
    assigned = false;
    positions.restart();
    listener.onRevoked();
  };
  const assigner = createAssigner({ logger: connection.logger, owned: () => owned, onJoin: revoke });
  const consumer = client.kafka.consumer({
    groupId: settings.groupId,
    sessionTimeout: settings.sessionTimeoutMs,
    rebalanceTimeout: settings.rebalanceTimeoutMs,
    heartbeatInterval: settings.heartbeatIntervalMs,
    maxWaitTimeInMs: MAX_WAIT_MS,
    minBytes: 1,
    maxBytesPerPartition: 1_048_576,
    maxBytes: 10_485_760,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (config) => {
        cluster = config.cluster;
        decodeFetchesOf(cluster);
        const resting = restingIn(cluster);
        resting.onUnreadable = (partition, reason) => {
          if (assigned) listener.onUnreadable(partition, reason);
        };
        resting.onRightMissing = (right) => connection.access?.failed(right);
        // kafkajs looks for the coordinator before each join, and would not wait by itself.
        followCoordinators(cluster, async () => {
          if (assigned && !stopping) await listener.onRejoining();
        });
        starts = new StartPositions({ ...settings, cluster, logger: connection.logger });
        starts.attach();
        return assigner(config);
      },
    ],
    retry: {
      initialRetryTime: 200,
      maxRetryTime: 2_000,
      retries: RETRIES_FOR_LIFE,
      restartOnFailure: async () => false,
    },
  });

  const eachBatch = async (payload: EachBatchPayload) => {
    const { resolve, ...fetched } = toFetched(payload);
    const verdict = positions.judge(fetched, fetched.from);
    if (verdict.kind === 'misplaced') {
      const { topic, partition, from } = fetched;
      connection.logger.debug('fetched records belong to an earlier assignment; reading again', {
        topic,
        partition,
        from: from.toString(),
        next: verdict.offset.toString(),
      });
      consumer.seek({ topic, partition, offset: verdict.offset.toString() });
    }
    if (verdict.kind !== 'expected' || !assigned) return;
    commitUnderGeneration = (offsets) => payload.commitOffsetsIfNecessary(offsets);
    const take = () => {
      positions.advance(fetched, fetched.nextOffset);
      resolve();
    };
    if (fetched.records.length > 0) {
      await listener.onBatch(toFetchedBatch(payload, { ...fetched, resolve: take }));
      return;
    }
    take();
    listener.onSkipped(fetched);
  };

  const join = async () => {
    await consumer.connect();
    for (const { topic } of settings.topics) await subscribe(consumer, topic);
    await new Promise<void>((resolve, reject) => {
      endStart = reject;
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        if (stopping) return;
        revoke();
        owned = fromAssignment(payload.memberAssignment);
        assigned = true;
        joined = true;
        connection.access?.connected();
        listener.onAssigned(owned);
        starts?.settle(owned).then(resolve, reject);
      });
      consumer.on(consumer.events.FETCH, () => {
        listener.onFetched();
      });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        // kafkajs does not say on which of them.
        const error = namingRight(failureOf(payload.error), 'READ', 'topic', topics);
        revoke();
        starts?.end();
        // kafkajs has disconnected; what is still being tried would connect again, and nobody disconnect that.
        client.seal();
        reject(error);
        if (joined && !stopping) listener.onCrashed(error);
      });
      consumer
        .run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
          eachBatch,
        })
        .catch(reject);
    });
  };

  return {
    async start(timeoutMs) {
      const tooLate = () => {
        const why = starts?.failure ?? client.lastSocketError()?.message ?? 'the group did not answer';
        return new DriverError('failed', `not joined within ${timeoutMs} ms, ${why}`);
      };
      try {
        await withTimeout(join(), timeoutMs, tooLate);
      } catch (error) {
        throw failureOf(error);
      }
    },
    pause: (partitions) => {
      if (!stopping) consumer.pause(partitionsByTopic(partitions));
    },
    resume: (partitions) => {
      if (!stopping) consumer.resume(partitionsByTopic(partitions));
    },
    async commit(positions) {
      // consumer.commitOffsets() would retry across a rebalance and then commit under the new generation;
      // this one takes the generation of now, and fails once it is over.
      if (commitUnderGeneration === undefined) throw new DriverError('failed', 'nothing was fetched yet');
      try {
        await commitUnderGeneration({ topics: toOffsets(positions) });
      } catch (error) {
        const committed = [...new Set(positions.map(({ topic }) => topic))].join(' or ');
        throw tellingRight(connection.access, failureOf(error), 'READ', 'topic', committed);
      }
    },
    async stop() {
      stopping = true;
      starts?.end();
      // Positions are settled no more, and the timer of a start that waited for them would keep the process.
      endStart(new DriverError('failed', 'the member was stopped before it had started'));
      // Of a group that is not joined yet there is nothing to leave, and the answer to a join may take minutes.
      if (!joined) client.seal();
      try {
        await withTimeout(
          consumer.disconnect(),
          STOP_TIMEOUT_MS,
          () => new DriverError('failed', `leaving the group took more than ${STOP_TIMEOUT_MS} ms`),
        );
      } catch (error) {
        connection.logger.warn('a consumer did not leave its group cleanly', {
          groupId: settings.groupId,
          error,
        });
      } finally {
        client.seal();
      }
    },
  };
}

/** Where kafkajs begins or began to read a partition under this assignment; undefined before it knows. */
function committedOffset(
  cluster: Cluster | undefined,
  groupId: string,
  { topic, partition }: TopicPartition,
): bigint | undefined {
  if (cluster === undefined) return undefined;
  const offset = (cluster as ClusterWithOffsets).committedOffsets({ groupId })[topic]?.[partition];
  return offset === undefined ? undefined : BigInt(offset.toString());
}

/** What kafkajs's types leave out. */
interface ClusterWithOffsets extends Cluster {
  committedOffsets(group: { groupId: string }): Record<string, Record<number, { toString(): string }>>;
}

async function subscribe(consumer: Consumer, topic: string): Promise<void> {
  try {
    // Only for a position that the log no longer has: where there is none is for StartPositions to say.
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
  } catch (error) {
    const found = toDriverError(error);
    const named = namingRight(found, 'READ', 'topic', topic);
    if (named !== found) throw named;
    const { reason, message, protocolError } = found;
    throw new DriverError(reason, `topic ${topic}: ${message}`, { cause: error, protocolError, topic });
  }
}

function partitionsByTopic(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  return [...groupByTopic(partitions)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition }) => partition),
  }));
}
