import { type Container } from 'inversify';
import { type Config as AppConfig } from '../../config/config.js';
import { KafkaAdmin, KafkaManager } from '../../pkg/kafka/index.js';
import { Logger } from '../repo/contracts.js';
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
      if (PROVISION) await admin.ensureTopics(topics);
    },
    stop: () => manager.close(),
  };
}

/** Every domain's consumers; they stop with the Kafka clients, after their work in hand. */
export function consumersComponent(container: Container): Component {
  return {
    name: 'consumers',
    async start() {
      if (!container.get(KafkaManager).isConsumerEnabled()) {
        container
          .get<Logger>(Logger)
          .warn('consuming is switched off: KAFKA.CONTROL.CONSUMER_ENABLED is false');
        return;
      }
      await Promise.all(container.getAll<EventConsumer>(EventConsumer).map((consumer) => consumer.start()));
    },
  };
}
