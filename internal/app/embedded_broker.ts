import path from 'node:path';
import { type Config } from '../../config/config.js';
import { EMBEDDED } from '../../config/embedded.js';
import { projectRoot } from '../../config/project_root.js';
import { NotAvailable } from '../../pkg/program/index.js';
import { type Logger } from '../repo/contracts.js';
import { type BrokerHandle } from './tokens.js';

/**
 * Where the configuration says `embedded`: the broker of the process that owns the data
 * folder, or, when nobody does, one that is started in this process and owns the folder from then on.
 * @throws NotAvailable when one would have to be started and may not
 * @throws Error when the folder has an owner that does not say where it listens, or can have none
 */
export async function openEmbeddedBroker(
  config: Config,
  { mayStart, logger }: { mayStart: boolean; logger: Logger },
): Promise<BrokerHandle | undefined> {
  if (config.KAFKA.BROKERS[0] !== EMBEDDED) return undefined;
  // Loaded on demand: a service that runs on Apache Kafka does not carry the package.
  const { DataFolderUnfit, shareBroker } = await import('../../pkg/devbroker/index.js');
  const folder = path.resolve(projectRoot(), config.APP.DATA_DIR);
  const onProblem = (message: string, error?: unknown): void => {
    logger.warn(`embedded broker: ${message}`, { error });
  };
  const broker = await shareBroker({ folder, mayStart, onProblem }).catch((error: unknown) => {
    if (!(error instanceof DataFolderUnfit)) throw error;
    throw new Error(`${error.message}; set APP_DATA_DIR to a folder on another disk`, { cause: error });
  });
  if (broker === null) {
    throw new NotAvailable(
      `no embedded broker runs on the data in ${folder}. ` +
        `Start one with make run, or make broker DATA=${folder}, or set KAFKA_BROKERS to the brokers to use.`,
    );
  }
  const { brokers, owner } = broker;
  const addresses = brokers.join(',');
  const where =
    owner === null
      ? `the embedded broker (${addresses}, data in ${path.relative('', folder) || folder})`
      : `the embedded broker of process ${owner} (${addresses})`;
  return { brokers, where, stop: () => broker.stop() };
}
