import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../run_command.js';
import { BrokerProcess, type BrokerSignal, kafkaClass } from './broker_process.js';
import { type Listener, nodeProperties, type NodeAddress } from './node_properties.js';
import { waitUntilReady } from './readiness.js';

const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
const STOP_GRACE_MS = 10_000;
const LOG_TAIL_LINES = 15;
const LOG_LINE_LENGTH = 400;

/** What the nodes of one cluster share. */
export interface NodeSettings {
  java: string;
  lib: string;
  /** The cluster's folder; each node has a folder of its own in it. */
  dataDir: string;
  clusterId: string;
  cluster: readonly NodeAddress[];
  extra: Readonly<Record<string, string>>;
  /** Where the nodes' logs go; each node's own folder by default. */
  logDir: string | undefined;
  /** Of the first node. */
  listeners: Readonly<Record<string, Listener>>;
  scramUsers: Readonly<Record<string, string>>;
  heapMb: number;
  detached: boolean;
  /** Milliseconds that a start may take. */
  timeoutMs: number;
}

/** A cluster id in Kafka's form: 16 random bytes in URL-safe base64, without a dash in front, as of an option. */
export function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

/** One node of a local cluster. */
export class ClusterNode {
  readonly id: number;
  readonly port: number;
  /** The path of its server.properties, which is also how its process is told from others. */
  readonly properties: string;
  private readonly folder: string;
  private process: BrokerProcess | undefined;

  constructor(
    address: NodeAddress,
    private readonly settings: NodeSettings,
  ) {
    this.id = address.id;
    this.port = address.port;
    this.folder = join(settings.dataDir, `node_${address.id}`);
    this.properties = join(this.folder, 'server.properties');
  }

  /** host:port of the broker. */
  get broker(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** The process id of the JVM; another one after a restart. */
  get pid(): number {
    return this.started.pid;
  }

  get running(): boolean {
    return this.process?.running ?? false;
  }

  /** Writes the settings and formats the data folder where that has not been done. */
  async prepare(): Promise<void> {
    const { java, lib, clusterId, cluster, extra } = this.settings;
    const listeners = this.id === 1 ? this.settings.listeners : {};
    const node = cluster.find((each) => each.id === this.id);
    if (!node) throw new Error(`Node ${this.id} is not in its cluster.`);
    const logDir = join(this.folder, 'data');
    await mkdir(logDir, { recursive: true });
    await writeFile(this.properties, nodeProperties({ node, cluster, logDir, listeners, extra }));
    if (existsSync(join(logDir, 'meta.properties'))) return;

    const storage = kafkaClass(lib, 'kafka.tools.StorageTool');
    const users = Object.entries(this.settings.scramUsers).flatMap(([name, password]) =>
      SCRAM.flatMap((mechanism) => ['--add-scram', `${mechanism}=[name=${name},password=${password}]`]),
    );
    const args = [...storage, 'format', '-t', clusterId, '-c', this.properties, ...users];
    const result = await runCommand(java, args, { timeoutMs: this.settings.timeoutMs });
    if (result?.status !== 0) throw new Error(`Formatting ${logDir} failed:\n${result?.output ?? 'no Java'}`);
  }

  /** Starts the process, which does not answer yet. */
  async launch(): Promise<void> {
    const { java, lib, heapMb, detached } = this.settings;
    this.process = await BrokerProcess.start({
      java,
      lib,
      properties: this.properties,
      log: this.logFile,
      heapMb,
      detached,
    });
  }

  /** Rejects as soon as the process has ended, with the tail of its log; never resolves. */
  async failsWhenEnded(): Promise<never> {
    await this.started.ended;
    throw new Error(`Node ${this.id} of Apache Kafka ended.\n${await this.logTail()}`);
  }

  /** The last lines of the node's log, under a heading that names the file. */
  async logTail(): Promise<string> {
    const text = await readFile(this.logFile, 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .slice(-LOG_TAIL_LINES)
      .map((line) => line.slice(0, LOG_LINE_LENGTH));
    return [`The last lines of ${this.logFile}:`, ...lines].join('\n');
  }

  /**
   * Sends a signal, SIGKILL unless told otherwise; resolves when the process has ended, or at once for
   * SIGSTOP and SIGCONT.
   */
  async kill(signal: BrokerSignal = 'SIGKILL'): Promise<void> {
    await this.process?.kill(signal);
  }

  /**
   * Stops the node where it runs, starts it with the same data and ports, and resolves when clients can
   * work with it. Its replicas may still be catching up then.
   * @throws Error with the tail of its log where it does not come up in time.
   */
  async restart(): Promise<void> {
    await this.stop();
    await this.launch();
    await untilReady([this], { brokers: [this.broker], clusterSize: 1, timeoutMs: this.settings.timeoutMs });
  }

  /** Asks the process to end, and kills it when it has not done so within 10 s. */
  async stop(): Promise<void> {
    await this.process?.terminate(STOP_GRACE_MS);
  }

  /** Lets this program end although the node lives on. */
  release(): void {
    this.process?.release();
  }

  private get logFile(): string {
    const { logDir } = this.settings;
    return logDir === undefined ? join(this.folder, 'kafka.log') : join(logDir, `node_${this.id}.log`);
  }

  private get started(): BrokerProcess {
    if (!this.process) throw new Error(`Node ${this.id} has not been started.`);
    return this.process;
  }
}

/**
 * Waits until clients can work with the brokers, or one of the nodes ends.
 * @throws Error with the tails of the nodes' logs.
 */
export async function untilReady(
  nodes: readonly ClusterNode[],
  wait: { brokers: readonly string[]; clusterSize: number; timeoutMs: number },
): Promise<void> {
  const over = new AbortController();
  const ready = waitUntilReady({ ...wait, signal: over.signal }).catch(async (error: unknown) => {
    const tails = await Promise.all(nodes.map((node) => node.logTail()));
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${tails.join('\n')}`, { cause: error });
  });
  try {
    await Promise.race([ready, ...nodes.map((node) => node.failsWhenEnded())]);
  } finally {
    over.abort();
  }
}
