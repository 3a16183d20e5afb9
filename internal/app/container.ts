import 'reflect-metadata';
import { Container } from 'inversify';
import { type Config as AppConfig } from '../../config/config.js';
import { configSchema } from '../../config/schema.js';
import { secretsOf } from '../../pkg/config/index.js';
import { createLogger, redact } from '../../pkg/logger/index.js';
import { Logger } from '../repo/contracts.js';
import { openBroker } from './brokers.js';
import { coreModule } from './modules/core.js';
import { kafkaControlModule } from './modules/kafka_control.js';
import { translationsModule } from './modules/translations.js';
import { usersModule } from './modules/users.js';
import { BrokerHandle, Config } from './tokens.js';

/** Changes bindings after the container is built and before anything is made from it: for tests and demos. */
export type Overrides = (container: Container) => void;

export interface BuildOptions {
  /** Whether this program may start an embedded broker; else it uses one that runs. Default true. */
  mayStartBroker?: boolean;
}

/**
 * Builds everything that the programs run on; the one place where adapters meet their ports. Where the
 * configuration says `embedded`, the broker is found or started here, since every client needs its address.
 * @throws NotAvailable when it says so, none runs, and none may be started
 */
export async function buildContainer(
  config: AppConfig,
  overrides?: Overrides,
  { mayStartBroker = true }: BuildOptions = {},
): Promise<Container> {
  // A secret that ends up in an error's text is not to end up in the log.
  for (const secret of secretsOf(configSchema, config)) redact(secret);
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(Config).toConstantValue(config);
  container
    .bind(Logger)
    .toDynamicValue(() =>
      createLogger({ name: config.APP.NAME, level: config.LOG.LEVEL, format: config.LOG.FORMAT }),
    );
  container.load(coreModule, kafkaControlModule, usersModule, translationsModule);
  overrides?.(container);
  const broker = await openBroker(config, { mayStart: mayStartBroker, logger: container.get(Logger) });
  container.bind(BrokerHandle).toConstantValue(broker);
  return container;
}
