import { type Container } from 'inversify';
import { type Config as AppConfig } from '../../config/config.js';
import { KafkaAdmin, KafkaManager, UnknownTopic } from '../../pkg/kafka/index.js';
import { type TopicSpec } from '../repo/persistent/topics.js';
import { type Component } from './lifecycle.js';
import { BrokerHandle, Config, EventConsumer, Topics } from './tokens.js';

/** The embedded broker, where there is one: the last to go. */
export function brokerComponent(container: Container): Component {
  return { name: 'broker', stop: () => container.get<BrokerHandle>(BrokerHandle).stop() };
}

/** The Kafka clients: the brokers are reached and the topics exist once it has started. */
export function kafkaComponent(container: Container): Component {
  const manager = container.get(KafkaManager);
  const admin = container.get(KafkaAdmin);
  const topics = [...container.get<ReadonlyMap<string, TopicSpec>>(Topics).values()];
  const { PROVISION } = container.get<AppConfig>(Config).KAFKA;
  return {
    name: 'kafka',
    async start() {
      await manager.ping();
      await (PROVISION ? admin.ensureTopics(topics) : requireTopics(admin, topics));
    },
    stop: () => manager.close(),
  };
}

/** Every domain's consumers; they stop with the Kafka clients, after their work in hand. */
export function consumersComponent(container: Container): Component {
  return {
    name: 'consumers',
    async start() {
      for (const register of container.getAll<EventConsumer>(EventConsumer)) register();
      await container.get(KafkaManager).startAllConsumers();
    },
  };
}

/** @throws Error naming every topic that is missing and what to do */
async function requireTopics(admin: KafkaAdmin, topics: readonly TopicSpec[]): Promise<void> {
  const missing: string[] = [];
  for (const { topic, partitions } of topics) {
    await admin.topicOffsets(topic).catch((error: unknown) => {
      if (!(error instanceof UnknownTopic)) throw error;
      missing.push(`${topic} (${partitions} partitions)`);
    });
  }
  if (missing.length === 0) return;
  throw new Error(
    `These topics are missing: ${missing.join(', ')}. Create them, or set KAFKA_PROVISION=true once.`,
  );
}
