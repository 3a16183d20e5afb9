import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrokerSignal } from './broker_process.js';
import { ClusterNode, newClusterId, untilReady } from './cluster_node.js';
import { ensureKafkaJars } from './jars.js';
import { type Listener } from './node_properties.js';
import { freePorts } from './ports.js';
import { temporaryKafkaFolder } from './temporary_folder.js';
import { findJava } from './toolchain.js';

/** How to start a local Apache Kafka. */
export interface StartKafkaOptions {
  /** 1 by default; 3 for failover. */
  nodes?: 1 | 3;
  /** The first node's port, the others follow it; free ports by default. */
  port?: number;
  /**
   * Data, settings and logs; kept. Without it a temporary folder is used, which stop() removes, or a later start
   * where this process was killed.
   */
  dataDir?: string;
  /** A folder for the nodes' logs, which stay; by default they are with the data. */
  logDir?: string;
  /** Further ways into the first node, by name, for TLS and SASL. */
  listeners?: Readonly<Record<string, Listener>>;
  /**
   * Users of SCRAM with their passwords, for both of its mechanisms; there from the first start on. Only for tests:
   * whoever lists the processes of the machine meanwhile sees the passwords.
   */
  scramUsers?: Readonly<Record<string, string>>;
  /** Broker settings that win over the defaults. */
  properties?: Readonly<Record<string, string>>;
  /** Milliseconds within which it must answer; 60000 by default. */
  timeoutMs?: number;
  /** true: the brokers live on when this process ends. Then they must be stopped by their pids. */
  detached?: boolean;
  /** Called when the processes exist, before they answer. */
  onLaunched?: (nodes: readonly KafkaNode[]) => Promise<void>;
}

/** One broker of a local Apache Kafka. */
export interface KafkaNode {
  readonly id: number;
  /** The JVM's process id; another one after a restart. */
  readonly pid: number;
  readonly port: number;
  /** The path of its server.properties. */
  readonly properties: string;
  /**
   * Sends a signal, SIGKILL unless told otherwise; resolves when the process has ended, or at once for
   * SIGSTOP and SIGCONT.
   */
  kill(signal?: BrokerSignal): Promise<void>;
  /**
   * Stops it where it runs, and starts it again with the same data and port; resolves when clients can work
   * with it. Its replicas may still be catching up then.
   */
  restart(): Promise<void>;
}

/** A running local Apache Kafka. */
export interface KafkaCluster {
  /** host:port of each node. */
  readonly brokers: string[];
  readonly nodes: readonly KafkaNode[];
  /** Ends every process and removes a temporary data folder; may be called again. */
  stop(): Promise<void>;
}

/**
 * Starts Apache Kafka on loopback out of the official jars, which are downloaded on first use, and resolves
 * when clients can work with it. Unless detached, no broker outlives this process, however it ends.
 * @throws MissingToolError where Java or Maven is missing; Error with the tail of the log where a node ends
 * or does not answer in time; then nothing is left running.
 */
export async function startKafka(options: StartKafkaOptions = {}): Promise<KafkaCluster> {
  const { nodes: count = 1, timeoutMs = 60_000, detached = false } = options;
  const java = await findJava();
  const lib = await ensureKafkaJars();
  const dataDir = options.dataDir ?? (await temporaryKafkaFolder());
  let nodes: readonly ClusterNode[] = [];

  const stop = async (): Promise<void> => {
    // Data that is thrown away needs no orderly shutdown, which takes seconds where nodes wait for each other.
    await Promise.all(nodes.map((node) => (options.dataDir ? node.stop() : node.kill())));
    if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    nodes = await createNodes(options, { java, lib, dataDir, timeoutMs, detached, count });
    await Promise.all(nodes.map((node) => node.prepare()));
    await Promise.all(nodes.map((node) => node.launch()));
    await options.onLaunched?.(nodes);
    const brokers = nodes.map((node) => node.broker);
    await untilReady(nodes, { brokers, clusterSize: nodes.length, timeoutMs });
    if (detached) for (const node of nodes) node.release();
    return { brokers, nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Resolved {
  java: string;
  lib: string;
  dataDir: string;
  timeoutMs: number;
  detached: boolean;
  count: number;
}

async function createNodes(
  { port, logDir, properties = {}, listeners = {}, scramUsers = {} }: StartKafkaOptions,
  { count, dataDir, ...settings }: Resolved,
): Promise<ClusterNode[]> {
  await mkdir(dataDir, { recursive: true });
  if (logDir !== undefined) await mkdir(logDir, { recursive: true });
  const free = await freePorts(2 * count);
  const cluster = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    port: port === undefined ? (free[index] ?? 0) : port + index,
    controllerPort: free[count + index] ?? 0,
  }));
  const shared = {
    ...settings,
    dataDir,
    cluster,
    clusterId: await clusterIdIn(dataDir),
    extra: properties,
    logDir,
    listeners,
    scramUsers,
    heapMb: count === 1 ? 512 : 384,
  };
  return cluster.map((address) => new ClusterNode(address, shared));
}

/** The id that the data of this folder was formatted with, or a new one, recorded before it is used. */
async function clusterIdIn(dataDir: string): Promise<string> {
  const file = join(dataDir, 'cluster.id');
  await writeFile(file, newClusterId(), { flag: 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  return readFile(file, 'utf8');
}
