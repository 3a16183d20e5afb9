import kafkajs from 'kafkajs';

const { CompressionTypes, Kafka, logLevel, Partitioners } = kafkajs;

const BATCH = 500;
const VALUE_BYTES = 200;
const PARTITIONS = 4;

/** Messages a second. */
export interface Rates {
  produce: number;
  consume: number;
}

function clientOf(brokers: readonly string[]) {
  return new Kafka({ clientId: 'bench', brokers: [...brokers], logLevel: logLevel.NOTHING });
}

/** Produces `count` messages in batches, one request in flight. @returns messages a second */
export async function produce(brokers: readonly string[], topic: string, count: number): Promise<number> {
  const kafka = clientOf(brokers);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }] });
  await admin.disconnect();
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const value = Buffer.alloc(VALUE_BYTES, 'v');
  const messages = Array.from({ length: BATCH }, (_, i) => ({ value, partition: i % PARTITIONS }));
  const startedAt = performance.now();
  for (let sent = 0; sent < count; sent += BATCH) {
    await producer.send({ topic, messages, acks: -1, compression: CompressionTypes.None });
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await producer.disconnect();
  return count / seconds;
}

/** Consumes the topic from its beginning with eachBatch. @returns messages a second, from the first message on */
export async function consume(brokers: readonly string[], topic: string, count: number): Promise<number> {
  const consumer = clientOf(brokers).consumer({ groupId: `${topic}-group`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let received = 0;
  let firstAt = 0;
  const seconds = await new Promise<number>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        partitionsConsumedConcurrently: PARTITIONS,
        eachBatch: async ({ batch }) => {
          firstAt ||= performance.now();
          received += batch.messages.length;
          if (received >= count) resolve((performance.now() - firstAt) / 1000);
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return count / seconds;
}

/** One round of both. */
export async function measure(brokers: readonly string[], topic: string, count: number): Promise<Rates> {
  return { produce: await produce(brokers, topic, count), consume: await consume(brokers, topic, count) };
}
