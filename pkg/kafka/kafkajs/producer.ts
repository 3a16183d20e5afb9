import type { PartitionerArgs, RecordMetadata, RetryOptions, TopicMessages } from 'kafkajs';
import type { DriverProducer, PartitionAck, PartitionBatch } from '../driver.js';
import { openClient, type ConnectionOptions } from './client.js';
import { toDriverError } from './errors.js';

/** About 55 s in all: rides out the restart of a broker. */
const RETRY: RetryOptions = {
  initialRetryTime: 200,
  multiplier: 2,
  factor: 0.2,
  maxRetryTime: 2_000,
  retries: 30,
};
const ALL_IN_SYNC_REPLICAS = -1;
const REQUEST_TIMEOUT_MS = 30_000;

/** Opens an idempotent kafkajs producer; nothing is connected before `connect`. */
export function createProducer(options: ConnectionOptions): DriverProducer {
  const client = openClient(options, RETRY);
  const producer = client.kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    metadataMaxAge: 60_000,
    transactionTimeout: 60_000,
    createPartitioner: () => partitionOfMessage,
    retry: RETRY,
  });

  let sending = false;

  return {
    async connect() {
      try {
        await producer.connect();
      } catch (error) {
        client.seal();
        throw toDriverError(error, client.lastSocketError());
      }
    },

    async send(batches) {
      sending = true;
      try {
        const stored = await producer.sendBatch({
          acks: ALL_IN_SYNC_REPLICAS,
          timeout: REQUEST_TIMEOUT_MS,
          topicMessages: batches.map(toTopicMessages),
        });
        return stored.map(toAck);
      } catch (error) {
        throw toDriverError(error, client.lastSocketError());
      } finally {
        sending = false;
      }
    },

    async disconnect() {
      // kafkajs would wait for the send, and for its retries.
      if (sending) client.seal();
      try {
        await producer.disconnect();
      } catch (error) {
        options.logger.debug('a producer did not disconnect cleanly', { error });
      } finally {
        client.seal();
      }
    },
  };
}

/** Every message names its partition: kafkajs would move keyless ones on a retry, and lose some. */
function partitionOfMessage({ message }: PartitionerArgs): number {
  if (message.partition === undefined) throw new Error('a message without a partition reached the client');
  return message.partition;
}

function toTopicMessages({ topic, partition, records }: PartitionBatch): TopicMessages {
  return {
    topic,
    messages: records.map(({ key, value, headers, timestamp }) => ({
      key,
      value,
      headers,
      partition,
      timestamp: String(timestamp),
    })),
  };
}

function toAck({ topicName, partition, baseOffset }: RecordMetadata): PartitionAck {
  return { topic: topicName, partition, baseOffset: BigInt(baseOffset ?? -1) };
}
