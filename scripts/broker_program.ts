import { setTimeout as delay } from 'node:timers/promises';
import path from 'node:path';
import { createKafkajsDriver } from '../pkg/kafka/index.js';
import { createLogger } from '../pkg/logger/index.js';
import { freePorts } from './apache_kafka/ports.js';
import { spawnGuarded } from './guarded_spawn.js';

const START_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/** A running cmd/broker. */
export interface BrokerProgram {
  /** host:port */
  address: string;
  pid: number;
  /** Resolves when the process has ended. */
  stop(): Promise<void>;
}

/**
 * Starts cmd/broker from its sources on a free port; it does not outlive this process.
 * @throws the last answer's error when it does not answer within 30 s
 */
export async function startBrokerProgram(root: string, args: readonly string[]): Promise<BrokerProgram> {
  const [port] = await freePorts(1);
  const address = `127.0.0.1:${String(port)}`;
  // The loader in the same process, so that the pid is the broker's own.
  const program = ['--import', 'tsx', path.join(root, 'cmd/broker/main.ts'), '--port', String(port), ...args];
  const child = spawnGuarded(process.execPath, program, { output: 'ignore', cwd: root });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  try {
    await untilItAnswers(address);
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
  return { address, pid: child.pid ?? 0, stop: () => stop('SIGTERM') };
}

async function untilItAnswers(address: string): Promise<void> {
  const logger = createLogger({ name: 'probe', level: 'error', format: 'auto' });
  const driver = createKafkajsDriver({ brokers: [address], clientId: 'probe', logger });
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await driver.ping(1_000);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(POLL_MS);
  }
}
