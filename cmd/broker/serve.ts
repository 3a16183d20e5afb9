import { type Broker, BrokerError, startBroker } from '../../pkg/devbroker/index.js';
import { type BrokerArguments, parseArguments, USAGE, UsageError } from './arguments.js';

/** Exit codes; 64 is EX_USAGE of sysexits.h. */
const SUCCESS = 0;
const FAILURE = 1;
const BAD_USAGE = 64;

/** Partitions of a topic that a client uses before anybody created it. */
const AUTO_CREATED_PARTITIONS = 3;

/** Serves until SIGINT or SIGTERM. @returns the exit code of the program */
export async function serve(argv: readonly string[]): Promise<number> {
  try {
    const wanted = parseArguments(argv);
    if (wanted === 'help') {
      process.stdout.write(USAGE);
      return SUCCESS;
    }
    const stopped = stopSignal();
    const broker = await start(wanted);
    process.stdout.write(describe(broker));
    await stopped;
    await broker.stop();
    return SUCCESS;
  } catch (error) {
    return explain(error);
  }
}

function start({ host, port, topics }: BrokerArguments): Promise<Broker> {
  return startBroker({
    host,
    port,
    topics,
    autoCreatePartitions: AUTO_CREATED_PARTITIONS,
    onProblem: (message, error) => {
      const reason = error instanceof Error ? `: ${error.message}` : '';
      process.stderr.write(`broker: ${message}${reason}\n`);
    },
  });
}

/** Resolves at the first request to stop; a second one finds no listener and ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}

function describe(broker: Broker): string {
  const [address = ''] = broker.brokers;
  const topics = broker.topics.all().map(({ name, partitions }) => `${name} (${partitions.length})`);
  return `Embedded Kafka broker on ${address}, for development and tests.
  Data      in memory, gone when this program stops
  Topics    ${topics.join(', ') || 'none yet'}; unknown ones are created with ${AUTO_CREATED_PARTITIONS} partitions on first use
  Try it    KAFKA_BROKERS=${address} make demo
  Look in   kcat -b ${address} -L
Stop it with Ctrl-C.
`;
}

function explain(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`broker: ${error.message}\n\n${USAGE}`);
    return BAD_USAGE;
  }
  if (error instanceof BrokerError) {
    process.stderr.write(`broker: --topic: ${error.message}\n`);
    return BAD_USAGE;
  }
  if (error instanceof Error && 'code' in error) {
    process.stderr.write(`broker: ${reason(error)}\n`);
    return FAILURE;
  }
  throw error;
}

/** What the operating system's refusal means here. */
function reason(error: Error & { code?: unknown; port?: unknown }): string {
  if (error.code !== 'EADDRINUSE') return error.message;
  return `port ${String(error.port)} is taken; stop the program that holds it or choose another with --port`;
}
