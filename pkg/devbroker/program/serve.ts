import { resolve } from 'node:path';
import { type Broker, startBroker } from '../broker.js';
import { DataFolder, DataFolderInUse, DataFolderUnfit } from '../data_folder.js';
import { BrokerError } from '../errors.js';
import { StorageError } from '../log/storage_error.js';
import { type BrokerOptions } from '../options.js';
import { brokerFolder } from '../shared_broker.js';
import { type BrokerArguments, parseArguments, USAGE, UsageError } from './arguments.js';

/** Partitions of a topic that a client uses before anybody created it. */
const AUTO_CREATED_PARTITIONS = 3;

/** How the program ended: as it should, not able to serve, or with a command line that makes no sense. */
export type Outcome = 'done' | 'failed' | 'misused';

export interface ServeOptions {
  /** A command to try the broker with, which listens at this address. */
  readonly tryIt: (address: string) => string;
}

/** The broker as a program: serves until SIGINT or SIGTERM. */
export async function serve(argv: readonly string[], { tryIt }: ServeOptions): Promise<Outcome> {
  try {
    const wanted = parseArguments(argv);
    if (wanted === 'help') {
      process.stdout.write(USAGE);
      return 'done';
    }
    const stopped = stopSignal();
    const { broker, close } = await start(wanted);
    process.stdout.write(describe(broker, wanted, tryIt));
    await stopped;
    await close();
    return 'done';
  } catch (error) {
    return explain(error);
  }
}

/**
 * Starts the broker. With a data folder it lies in a part of its own there, and the folder as a whole is owned, so
 * that programs that look for embedded parts find this one.
 */
async function start(wanted: BrokerArguments) {
  const folder = wanted.data === null ? null : DataFolder.own(wanted.data);
  let broker: Broker | null = null;
  const close = async () => {
    await broker?.stop();
    folder?.release();
  };
  try {
    broker = await startBroker({ ...optionsFor(wanted), onProblem: report });
    folder?.announce({ brokers: broker.brokers });
    return { broker, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function optionsFor({ data, host, advertisedHost, port, topics }: BrokerArguments): BrokerOptions {
  const dataDir = data === null ? undefined : brokerFolder(data);
  return {
    host,
    advertisedHost: advertisedHost ?? undefined,
    port,
    topics,
    dataDir,
    autoCreatePartitions: AUTO_CREATED_PARTITIONS,
  };
}

function report(message: string, error?: unknown): void {
  process.stderr.write(`broker: ${message}${error instanceof Error ? `: ${error.message}` : ''}\n`);
}

/** Resolves at the first request to stop; a second one finds no listener and ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolveStop) => {
    const stop = () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolveStop();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}

function describe(broker: Broker, { data }: BrokerArguments, tryIt: ServeOptions['tryIt']): string {
  const [address = ''] = broker.brokers;
  const topics = broker.topics.all().map(({ name, partitions }) => `${name} (${partitions.length})`);
  return `Embedded Kafka broker on ${address}, for development and tests.
  Data      ${data === null ? 'in memory, gone when this program stops' : resolve(brokerFolder(data))}
  Topics    ${topics.join(', ') || 'none yet'}; unknown ones are created with ${AUTO_CREATED_PARTITIONS} partitions on first use
  Try it    ${tryIt(address)}
  Look in   kcat -b ${address} -L
Stop it with Ctrl-C.
`;
}

function explain(error: unknown): Outcome {
  if (error instanceof UsageError) {
    process.stderr.write(`broker: ${error.message}\n\n${USAGE}`);
    return 'misused';
  }
  if (!(error instanceof Error && isExpected(error))) throw error;
  process.stderr.write(`broker: ${reason(error)}\n`);
  // What the broker itself refuses at the start, other than for its disk, is a topic of the command line.
  return error instanceof BrokerError && !(error instanceof StorageError) ? 'misused' : 'failed';
}

/** Refusals of the broker and of the operating system; anything else is a fault of this program. */
function isExpected(error: Error): boolean {
  const refusals = [BrokerError, DataFolderInUse, DataFolderUnfit];
  return refusals.some((refusal) => error instanceof refusal) || 'syscall' in error;
}

function reason(error: Error & { code?: unknown; port?: unknown }): string {
  if (error.code === 'EADDRINUSE') {
    return `port ${String(error.port)} is taken; stop the program that holds it or choose another with --port`;
  }
  if (error instanceof DataFolderInUse) {
    return `${error.message}; stop it, or use another folder with --data or none with --memory`;
  }
  if (error instanceof DataFolderUnfit) {
    return `${error.message}; use one on another disk with --data or none with --memory`;
  }
  return error.message;
}
