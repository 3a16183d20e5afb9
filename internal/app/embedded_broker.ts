import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Config } from '../../config/config.js';
import { EMBEDDED } from '../../config/embedded.js';
import { projectRoot } from '../../config/project_root.js';
import { NotAvailable } from '../../pkg/program/index.js';
import { type Logger } from '../repo/contracts.js';
import { type BrokerHandle } from './tokens.js';

/** How long the owner of the data folder may take from owning it to saying where it listens. */
const OWNER_START_MS = 10_000;
const POLL_MS = 50;

/** The configuration says `embedded`, nobody runs such a broker, and this program is not to start one. */
class NoBrokerRuns extends NotAvailable {
  override readonly name = 'NoBrokerRuns';

  constructor(folder: string) {
    super(
      `no embedded broker runs on the data in ${folder}. ` +
        'Start one with `make run` or `make broker`, or set KAFKA_BROKERS to the brokers to use.',
    );
  }
}

/**
 * Where the configuration says `embedded`: the broker of the process that owns the data
 * folder, or, when nobody does, one that is started in this process and owns the folder from then on.
 * @throws NoBrokerRuns when one would have to be started and may not
 * @throws Error when the folder has an owner that does not say where it listens
 */
export async function openEmbeddedBroker(
  config: Config,
  { mayStart, logger }: { mayStart: boolean; logger: Logger },
): Promise<BrokerHandle | undefined> {
  const { BROKERS } = config.KAFKA;
  if (BROKERS[0] !== EMBEDDED) return undefined;
  const folder = path.resolve(projectRoot(), config.APP.DATA_DIR);
  const deadline = Date.now() + OWNER_START_MS;
  for (;;) {
    try {
      const running = await attach(folder);
      if (running === null && !mayStart) throw new NoBrokerRuns(folder);
      return running ?? (await start(folder, logger));
    } catch (error) {
      // Somebody else was quicker and is about to announce itself.
      if (!(error instanceof Error && error.name === 'DataFolderInUse') || Date.now() > deadline) throw error;
    }
    await delay(POLL_MS);
  }
}

/** Loaded on demand: a service that runs on Apache Kafka does not carry the package. */
const devbroker = () => import('../../pkg/devbroker/index.js');

async function attach(folder: string): Promise<BrokerHandle | null> {
  const { readRunFile } = await devbroker();
  const run = readRunFile(folder);
  if (!run) return null;
  const where = `the embedded broker of process ${run.pid} (${run.brokers.join(',')})`;
  return { brokers: run.brokers, where, stop: () => Promise.resolve() };
}

async function start(folder: string, logger: Logger): Promise<BrokerHandle> {
  const { DataFolder, startBroker } = await devbroker();
  const owned = DataFolder.own(folder);
  try {
    const broker = await onKnownPort(folder, (port) =>
      startBroker({
        port,
        dataDir: path.join(folder, 'broker'),
        onProblem: (message, error) => {
          logger.debug(`embedded broker: ${message}`, { error });
        },
      }),
    );
    owned.announce({ brokers: broker.brokers });
    const where = `the embedded broker (${broker.brokers.join(',')}, data in ${path.relative('', folder) || folder})`;
    const stop = async () => {
      await broker.stop();
      owned.release();
    };
    return { brokers: broker.brokers, where, stop };
  } catch (error) {
    owned.release();
    throw error;
  }
}

/**
 * Starts a broker on the port that the one before it had, so that programs that outlive it find it again; where
 * that is taken by now, on a free one.
 */
async function onKnownPort<B extends { readonly brokers: readonly string[] }>(
  folder: string,
  startOn: (port: number) => Promise<B>,
): Promise<B> {
  const file = path.join(folder, 'broker.port');
  const known = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const broker = await startOn(known).catch((error: unknown) => {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (known === 0 || !isTaken) throw error;
    return startOn(0);
  });
  const [address = ''] = broker.brokers;
  writeFileSync(file, address.slice(address.lastIndexOf(':') + 1));
  return broker;
}
