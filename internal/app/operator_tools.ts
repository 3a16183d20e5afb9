import { type Config as AppConfig } from '../../config/config.js';
import { failureTopicSpecs, KafkaAdmin, type KafkaDriver, KafkaManager } from '../../pkg/kafka/index.js';
import { type KafkaTools } from '../../pkg/kafka_cli/index.js';
import { Logger } from '../repo/contracts.js';
import { copiesOf, type TopicSpec } from '../repo/persistent/topics.js';
import { buildContainer } from './container.js';
import { registerConsumers } from './register_consumers.js';
import { Driver, Topics } from './tokens.js';

/**
 * Reaches the brokers of the configuration for a program that does one thing and ends. It never starts an
 * embedded broker.
 * @throws NotAvailable, BrokerUnreachable, AccessDenied
 */
export async function openOperatorTools(config: AppConfig, logger: Logger): Promise<KafkaTools> {
  const container = await buildContainer(
    config,
    (bindings) => void bindings.rebind<Logger>(Logger).toConstantValue(logger),
    { mayStartBroker: false },
  );
  const kafka = container.get(KafkaManager);
  await kafka.ping();
  const driver = container.get<KafkaDriver>(Driver);
  const topics = [...container.get<ReadonlyMap<string, TopicSpec>>(Topics).values()];
  return {
    driver,
    admin: container.get(KafkaAdmin),
    kafka,
    topics,
    failureTopics: async () => {
      registerConsumers(container);
      const layout = copiesOf(config.KAFKA.REPLICATION_FACTOR);
      return failureTopicSpecs(driver, kafka.failureTopics(), { sources: topics, layout });
    },
    close: () => kafka.close(),
  };
}
