import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { spawnGuarded } from '../guarded_spawn.js';

/** A signal that a broker can be sent; all but SIGSTOP and SIGCONT end it. */
export type BrokerSignal = 'SIGTERM' | 'SIGINT' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT';

/** What a broker's JVM is started with. */
export interface BrokerCommand {
  java: string;
  lib: string;
  /** The path of server.properties. */
  properties: string;
  /** Output is appended to this file. */
  log: string;
  /** Megabytes of heap. */
  heapMb: number;
  /** true: it lives on after this process. */
  detached: boolean;
}

const LOGGER = '-Dorg.slf4j.simpleLogger';

/** The options of slf4j-simple, which writes to standard error, that is, to the node's log. */
const LOGGING = [
  `${LOGGER}.showDateTime=true`,
  `${LOGGER}.dateTimeFormat=HH:mm:ss.SSS`,
  // At level info a start alone writes about a thousand lines.
  `${LOGGER}.defaultLogLevel=warn`,
  `${LOGGER}.log.kafka.server=info`,
];

/** Java arguments for a main class out of the jars of Apache Kafka. */
export function kafkaClass(lib: string, mainClass: string): string[] {
  return [...LOGGING, '-cp', `${lib}/*`, mainClass];
}

/** One running broker. */
export class BrokerProcess {
  /** Settles when the process has ended. */
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
    this.ended = once(child, 'exit').then(() => undefined);
  }

  /**
   * Starts a broker; it does not answer yet.
   * @throws Error where the program cannot be started.
   */
  static async start(command: BrokerCommand): Promise<BrokerProcess> {
    const { java } = command;
    const args = [`-Xmx${command.heapMb}M`, ...kafkaClass(command.lib, 'kafka.Kafka'), command.properties];
    const log = await open(command.log, 'a');
    try {
      const child = command.detached
        ? spawn(java, args, { detached: true, stdio: ['ignore', log.fd, log.fd] })
        : spawnGuarded(java, args, { output: log.fd });
      await once(child, 'spawn');
      return new BrokerProcess(child);
    } finally {
      await log.close();
    }
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error('The broker process has not been started.');
    return pid;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Sends the signal and, where it ends a process, waits until it has. Does nothing when it has ended. */
  async kill(signal: BrokerSignal): Promise<void> {
    if (!this.running) return;
    this.child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.ended;
  }

  /** Asks it to end, and insists after the time in milliseconds. */
  async terminate(graceMs: number): Promise<void> {
    const insist = setTimeout(() => void this.kill('SIGKILL'), graceMs);
    await this.kill('SIGTERM');
    clearTimeout(insist);
  }

  /** Lets this process end although the broker lives on. */
  release(): void {
    this.child.unref();
  }
}
