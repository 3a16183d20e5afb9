import { type Config as AppConfig } from '../../config/config.js';
import { KafkaAdmin, type KafkaDriver, KafkaManager } from '../../pkg/kafka/index.js';
import { ConfiguredTopics, Logger } from '../repo/contracts.js';
import { buildContainer } from './container.js';
import { Driver } from './tokens.js';

/** What a program for operators works with. */
export interface OperatorTools {
  readonly driver: KafkaDriver;
  readonly admin: KafkaAdmin;
  readonly kafka: KafkaManager;
  /** The topics of this service. */
  readonly topics: readonly string[];
  /** Sends what was accepted and ends the connections. */
  close(): Promise<void>;
}

/**
 * Reaches the brokers of the configuration for a program that does one thing and ends. It never starts an
 * embedded broker.
 * @throws NoBrokerRuns, BrokerUnreachable
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
    topics: [...container.get<ConfiguredTopics>(ConfiguredTopics)],
    close: () => kafka.close(),
  };
}
