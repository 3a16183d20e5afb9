import { type Config as AppConfig } from '../../config/config.js';
import { KafkaAdmin, type KafkaDriver, KafkaManager } from '../../pkg/kafka/index.js';
import { ConfiguredTopics, Logger } from '../repo/contracts.js';
import { type TopicSpec } from '../repo/persistent/topics.js';
import { buildContainer } from './container.js';
import { Driver, Topics } from './tokens.js';

/** What a program for operators works with. */
export interface OperatorTools {
  readonly driver: KafkaDriver;
  readonly admin: KafkaAdmin;
  readonly kafka: KafkaManager;
  /** The topics of this service. */
  readonly topics: readonly string[];
  /** How they should be. */
  readonly topicSpecs: readonly TopicSpec[];
  /** Sends what was accepted and ends the connections. */
  close(): Promise<void>;
}

/**
 * Reaches the brokers of the configuration for a program that does one thing and ends. It never starts an
 * embedded broker.
 * @throws NoBrokerRuns, BrokerUnreachable, AccessDenied
 */
export async function openOperatorTools(config: AppConfig, logger: Logger): Promise<OperatorTools> {
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
    topicSpecs: [...container.get<ReadonlyMap<string, TopicSpec>>(Topics).values()],
    topics: [...container.get<ConfiguredTopics>(ConfiguredTopics)],
    close: () => kafka.close(),
  };
}
