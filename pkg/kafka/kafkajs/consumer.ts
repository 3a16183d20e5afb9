import type { Consumer, EachBatchPayload, IHeaders, KafkaMessage, RetryOptions } from 'kafkajs';
import { withTimeout } from '../async.js';
import {
  DriverError,
  type DriverConsumer,
  type DriverConsumerListener,
  type DriverConsumerOptions,
  type FetchedBatch,
  type HeaderMap,
  type StoredRecord,
  type TopicPartition,
} from '../driver.js';
import { createAssigner } from './assigner.js';
import { fromAssignment, groupByTopic } from './topics.js';
import { openClient, type ConnectionOptions } from './client.js';
import { toDriverError } from './errors.js';

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
const STOP_TIMEOUT_MS = 10_000;

/** Opens a kafkajs consumer that never commits by itself and never restarts by itself. */
export function createConsumer(parts: {
  readonly connection: ConnectionOptions;
  readonly settings: DriverConsumerOptions;
  readonly listener: DriverConsumerListener;
}): DriverConsumer {
  const { connection, settings, listener } = parts;
  const client = openClient(connection, CLUSTER_RETRY);
  let owned: readonly TopicPartition[] = [];
  let joined = false;
  let assigned = false;
  let stopping = false;
  let commitUnderGeneration: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;

  const revoke = () => {
    if (!assigned) return;
    assigned = false;
    listener.onRevoked();
  };
  const consumer = client.kafka.consumer({
    groupId: settings.groupId,
    sessionTimeout: settings.sessionTimeoutMs,
    rebalanceTimeout: settings.rebalanceTimeoutMs,
    heartbeatInterval: settings.heartbeatIntervalMs,
    maxWaitTimeInMs: 500,
    minBytes: 1,
    maxBytesPerPartition: 1_048_576,
    maxBytes: 10_485_760,
    allowAutoTopicCreation: false,
    partitionAssigners: [createAssigner({ logger: connection.logger, owned: () => owned, onJoin: revoke })],
    retry: {
      initialRetryTime: 200,
      maxRetryTime: 2_000,
      retries: RETRIES_FOR_LIFE,
      restartOnFailure: async () => false,
    },
  });

  const join = async () => {
    await consumer.connect();
    for (const { topic, fromBeginning } of settings.topics)
      await subscribe(consumer, { topic, fromBeginning });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        if (stopping) return;
        revoke();
        owned = fromAssignment(payload.memberAssignment);
        assigned = true;
        joined = true;
        listener.onAssigned(owned);
        resolve();
      });
      consumer.on(consumer.events.REBALANCING, () => {
        if (assigned && !stopping) listener.onRebalancing();
      });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        const error = toDriverError(payload.error, client.lastSocketError());
        revoke();
        reject(error);
        if (joined && !stopping) listener.onCrashed(error);
      });
      consumer
        .run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
          eachBatch: async (payload) => {
            commitUnderGeneration = (offsets) => payload.commitOffsetsIfNecessary(offsets);
            await handOver(payload, listener);
          },
        })
        .catch(reject);
    });
  };

  return {
    async start(timeoutMs) {
      const tooLate = () => {
        const why = client.lastSocketError()?.message ?? 'the group did not answer';
        return new DriverError('failed', `not joined within ${timeoutMs} ms, ${why}`);
      };
      try {
        await withTimeout(join(), timeoutMs, tooLate);
      } catch (error) {
        throw toDriverError(error, client.lastSocketError());
      }
    },
    pause: (partitions) => {
      consumer.pause(partitionsByTopic(partitions));
    },
    resume: (partitions) => {
      consumer.resume(partitionsByTopic(partitions));
    },
    async commit(positions) {
      // consumer.commitOffsets() would retry across a rebalance and then commit under the new generation;
      // this one takes the generation of now, and fails once it is over.
      if (commitUnderGeneration === undefined) throw new DriverError('failed', 'nothing was fetched yet');
      try {
        await commitUnderGeneration({
          topics: [...groupByTopic(positions)].map(([topic, ofTopic]) => ({
            topic,
            partitions: ofTopic.map(({ partition, offset }) => ({ partition, offset: offset.toString() })),
          })),
        });
      } catch (error) {
        throw toDriverError(error, client.lastSocketError());
      }
    },
    async stop() {
      stopping = true;
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

async function subscribe(
  consumer: Consumer,
  { topic, fromBeginning }: { topic: string; fromBeginning: boolean },
): Promise<void> {
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning });
  } catch (error) {
    const { reason, message, protocolError } = toDriverError(error);
    throw new DriverError(reason, `topic ${topic}: ${message}`, { cause: error, protocolError, topic });
  }
}

/** Calls the listener; of a heartbeat's failure kafkajs must see its own error again, to know what to do. */
async function handOver(payload: EachBatchPayload, listener: DriverConsumerListener): Promise<void> {
  try {
    await listener.onBatch(toFetchedBatch(payload));
  } catch (error) {
    throw error instanceof DriverError && error.cause instanceof Error ? error.cause : error;
  }
}

function toFetchedBatch(payload: EachBatchPayload): FetchedBatch {
  const { batch } = payload;
  return {
    topic: batch.topic,
    partition: batch.partition,
    records: batch.messages.map(toStoredRecord),
    nextOffset: BigInt(batch.lastOffset()) + 1n,
    resolve: (offset) => {
      payload.resolveOffset(offset.toString());
    },
    heartbeat: async () => {
      try {
        await payload.heartbeat();
      } catch (error) {
        throw toDriverError(error);
      }
    },
  };
}

function toStoredRecord(message: KafkaMessage): StoredRecord {
  return {
    offset: BigInt(message.offset),
    key: message.key,
    value: message.value,
    headers: toHeaderMap(message.headers),
    timestamp: Number(message.timestamp),
  };
}

/**
 * kafkajs collects headers in a plain object, so that one named like a member of Object.prototype
 * ("constructor") comes with that member before it; only bytes are kept. A null value becomes empty.
 */
function toHeaderMap(headers: IHeaders | undefined): HeaderMap {
  if (headers === undefined) return {};
  const entries: [string, Buffer | Buffer[]][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (Buffer.isBuffer(value)) {
      entries.push([name, value]);
      continue;
    }
    const values = (Array.isArray(value) ? value : [value]).map(toBytes).filter((item) => item !== undefined);
    const [only] = values;
    if (only !== undefined) entries.push([name, values.length === 1 ? only : values]);
  }
  return Object.fromEntries(entries);
}

function toBytes(value: unknown): Buffer | undefined {
  if (Buffer.isBuffer(value)) return value;
  return value === null ? Buffer.alloc(0) : undefined;
}

function partitionsByTopic(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  return [...groupByTopic(partitions)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition }) => partition),
  }));
}
