import { type Config } from '../../config/config.js';
import { type Logger } from '../repo/contracts.js';
import { openEmbeddedBroker } from './embedded_broker.js';
import { type BrokerHandle } from './tokens.js';

export interface OpenBrokerOptions {
  /** Whether a broker may be started in this process. */
  mayStart: boolean;
  logger: Logger;
}

/** Brokers that are no addresses: each is asked, and answers where the configuration means it. */
const others: readonly ((config: Config, options: OpenBrokerOptions) => Promise<BrokerHandle | undefined>)[] =
  [openEmbeddedBroker];

/** The brokers of the configuration. @throws NotAvailable when nobody runs them and they may not be started */
export async function openBroker(config: Config, options: OpenBrokerOptions): Promise<BrokerHandle> {
  for (const open of others) {
    const opened = await open(config, options);
    if (opened) return opened;
  }
  const { BROKERS } = config.KAFKA;
  return { brokers: BROKERS, where: BROKERS.join(','), stop: () => Promise.resolve() };
}
