import { setTimeout } from 'node:timers/promises';
import kafkajs, { type Kafka } from 'kafkajs';
import type { Contender } from './contender.js';

const PARTITIONS_AT_ONCE = 8;

const kafkaAt = (brokers: readonly string[]): Kafka =>
  new kafkajs.Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: kafkajs.logLevel.ERROR });

/**
 * kafkajs as it comes, acknowledged by all replicas, in its fastest form for each task: not idempotent, and
 * consuming by eachBatch where nothing is to be done, else by eachMessage.
 */
export const rawKafkajs: Contender = {
  async openSender(brokers) {
    const producer = kafkaAt(brokers).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return {
      send: (topic, message) => producer.send({ topic, messages: [message] }),
      sendMany: (topic, messages) => producer.send({ topic, messages: [...messages] }),
      close: () => producer.disconnect(),
    };
  },

  async consume(brokers, { topic, groupId, handleMs, onHandled }) {
    const consumer = kafkaAt(brokers).consumer({ groupId });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.run({
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      ...(handleMs === 0
        ? {
            eachBatch: async ({ batch }) => {
              onHandled(batch.messages.length);
            },
          }
        : {
            eachMessage: async () => {
              await setTimeout(handleMs);
              onHandled(1);
            },
          }),
    });
    await joined;
    return () => consumer.disconnect();
  },
};
