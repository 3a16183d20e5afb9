import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Broker, startBroker } from './broker.js';
import { DataFolder, DataFolderInUse, readRunFile } from './data_folder.js';
import { type BrokerOptions } from './options.js';

/** How long the owner of the data folder may take from owning it to saying where it listens. */
const OWNER_START_MS = 10_000;
const POLL_MS = 50;

export interface ShareOptions extends Required<Pick<BrokerOptions, 'onProblem'>> {
  /** The data folder; whoever owns it runs the broker. */
  readonly folder: string;
  /** Whether to start a broker in this process where nobody runs one. */
  readonly mayStart: boolean;
}

/** A broker that the programs of a machine find by its data folder. */
export interface SharedBroker {
  readonly brokers: readonly string[];
  /** The process that runs it; null where it is this one. */
  readonly owner: number | null;
  /** Stops the broker where it runs in this process; elsewhere it does nothing. */
  stop(): Promise<void>;
}

/** Where the broker keeps its own part of a data folder. */
export function brokerFolder(folder: string): string {
  return join(folder, 'broker');
}

/**
 * The broker of the process that owns the data folder, or, when nobody does, one that is started in this process
 * and owns the folder from then on.
 * @returns null when one would have to be started and may not
 * @throws Error when the folder has an owner that does not say where it listens; DataFolderUnfit when it can have none
 */
export async function shareBroker(options: ShareOptions): Promise<SharedBroker | null> {
  const deadline = Date.now() + OWNER_START_MS;
  for (;;) {
    try {
      const run = readRunFile(options.folder);
      if (run) return { brokers: run.brokers, owner: run.pid, stop: () => Promise.resolve() };
      return options.mayStart ? await start(options) : null;
    } catch (error) {
      // Somebody else was quicker and is about to announce itself.
      if (!(error instanceof DataFolderInUse) || Date.now() > deadline) throw error;
    }
    await delay(POLL_MS);
  }
}

async function start(options: ShareOptions): Promise<SharedBroker> {
  const { folder, onProblem } = options;
  const owned = DataFolder.own(folder);
  let broker: Broker | undefined;
  const stop = async (): Promise<void> => {
    // First, since the folder may have another owner as soon as it is given back.
    await broker?.stop();
    owned.release();
  };
  try {
    broker = await onKnownPort(options, (port) =>
      startBroker({ port, dataDir: brokerFolder(folder), onProblem }),
    );
    owned.announce({ brokers: broker.brokers });
    return { brokers: broker.brokers, owner: null, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Starts a broker on the port that the one before it had, so that programs that outlive it find it again; where
 * that is taken by now, on a free one.
 */
async function onKnownPort(
  { folder, onProblem }: ShareOptions,
  startOn: (port: number) => Promise<Broker>,
): Promise<Broker> {
  const file = join(folder, 'broker.port');
  const known = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const broker = await startOn(known).catch((error: unknown) => {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (known === 0 || !isTaken) throw error;
    return startOn(0);
  });
  const [address = ''] = broker.brokers;
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  if (port === known) return broker;
  try {
    writeFileSync(file, String(port));
  } catch (error) {
    onProblem(`writing ${file}: the next broker on this folder gets another port`, error);
  }
  return broker;
}
