import { type Config as AppConfig } from '../../config/config.js';
import { KafkaAdmin, type KafkaDriver, KafkaManager } from '../../pkg/kafka/index.js';
import { type KafkaTools } from '../../pkg/kafka_cli/index.js';
import { Logger } from '../repo/contracts.js';
import { type TopicSpec } from '../repo/persistent/topics.js';
import { buildContainer } from './container.js';
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
  return {
    driver: container.get<KafkaDriver>(Driver),
    admin: container.get(KafkaAdmin),
    kafka,
    topics: [...container.get<ReadonlyMap<string, TopicSpec>>(Topics).values()],
    close: () => kafka.close(),
  };
}
