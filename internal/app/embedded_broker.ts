import { type Config } from '../../config/config.js';
import { type Logger } from '../repo/contracts.js';
import { type BrokerHandle } from './tokens.js';

/**
 * The brokers of the configuration, or, where it says `embedded`, a broker started in this process on a free
 * port of the loopback address; its data lives as long as the process.
 */
export async function openBroker(config: Config, logger: Logger): Promise<BrokerHandle> {
  const [first] = config.KAFKA.BROKERS;
  if (first !== 'embedded') {
    return { brokers: [...config.KAFKA.BROKERS], embedded: false, stop: () => Promise.resolve() };
  }
  // Loaded on demand: a service that runs on Apache Kafka does not carry the package.
  const { startBroker } = await import('../../pkg/devbroker/index.js');
  const broker = await startBroker({
    onProblem: (message, error) => {
      logger.debug(`embedded broker: ${message}`, { error });
    },
  });
  return { brokers: broker.brokers, embedded: true, stop: () => broker.stop() };
}
