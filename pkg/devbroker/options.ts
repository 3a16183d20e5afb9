import { type Clock, systemClock } from './clock.js';
import { type FileSystem, nodeFileSystem } from './log/file_system.js';
import { type Fsync } from './log/fsync.js';

/** Timers hold no more milliseconds than this: 2^31 - 1. */
const MAX_TIMER_MS = 2_147_483_647;

const LOOPBACK = '127.0.0.1';
/** What nobody can connect to; a dual-stack listener on `::` is reached by IPv4 as well. */
const ALL_ADDRESSES = ['0.0.0.0', '::', ''];

/** How a broker is started; every field has a default. */
export interface BrokerOptions {
  /** Address to listen on. Default 127.0.0.1: nobody else reaches it. */
  host?: string;
  /** The host that clients are told to connect to. Default `host`; 127.0.0.1 where that stands for all addresses. */
  advertisedHost?: string | undefined;
  /** Port of the first node; 0 (default) takes a free one. Further nodes always take free ones. */
  port?: number;
  /** Node ids to advertise, each with a listener of its own over the same log. Default 1. */
  advertisedNodes?: number;
  /** Topics to create when missing, each with its number of partitions; one that exists stays as it is. */
  topics?: Readonly<Record<string, number>>;
  /** Partitions of a topic that is created on first use; 0 (default) creates none. */
  autoCreatePartitions?: number;
  /** Partitions of a created topic that names no number. Default 1. */
  defaultPartitions?: number;
  /** Largest record batch in bytes. Default 1,048,588, as Apache Kafka's message.max.bytes. */
  maxMessageBytes?: number;
  /** Largest request in bytes. Default 104,857,600, as Apache Kafka's socket.request.max.bytes. */
  maxRequestBytes?: number;
  /** The folder to keep the data in; one broker at a time owns it. Without one everything is kept in memory. */
  dataDir?: string | undefined;
  /** With a folder: when records are forced to the disk. Default `none`, as in Apache Kafka. */
  fsync?: Fsync;
  /** With a folder: the files to keep it in. Default the machine's own. */
  fileSystem?: FileSystem;
  /** How often old records and unused groups are looked for, in milliseconds. Default 300,000, as in Apache Kafka. */
  retentionCheckMs?: number;
  /** In memory: bytes of records kept of one partition; the oldest go first. Default 64 MiB. */
  partitionBytes?: number;
  /** In memory: bytes of records kept altogether. Default 256 MiB. */
  totalBytes?: number;
  /** How long the first join of an empty group waits for others, in milliseconds. Default 20. */
  initialRebalanceDelayMs?: number;
  clock?: Clock;
  /** Told what went wrong with a connection, a request or a file; nothing of it needs an answer. */
  onProblem?: (message: string, error?: unknown) => void;
}

/** Options of a broker in a process of its own: all but those that cannot leave this process. */
export type BrokerProcessOptions = Omit<BrokerOptions, 'clock' | 'fileSystem'>;

export type ResolvedOptions = Required<BrokerOptions> & { advertisedHost: string };

/** Fills in the defaults. @throws RangeError when a number is out of its range */
export function resolveOptions(options: BrokerOptions): ResolvedOptions {
  const { host = LOOPBACK } = options;
  const { advertisedHost = ALL_ADDRESSES.includes(host) ? LOOPBACK : host } = options;
  const resolved: ResolvedOptions = {
    port: 0,
    advertisedNodes: 1,
    topics: {},
    autoCreatePartitions: 0,
    defaultPartitions: 1,
    maxMessageBytes: 1_048_588,
    maxRequestBytes: 104_857_600,
    dataDir: undefined,
    fsync: 'none',
    fileSystem: nodeFileSystem,
    retentionCheckMs: 300_000,
    partitionBytes: 64 * 1024 * 1024,
    totalBytes: 256 * 1024 * 1024,
    initialRebalanceDelayMs: 20,
    clock: systemClock,
    onProblem: () => undefined,
    ...options,
    host,
    advertisedHost,
  };
  requireRange('port', resolved.port, { min: 0, max: 65_535 });
  requireRange('advertisedNodes', resolved.advertisedNodes, { min: 1, max: 16 });
  requireRange('autoCreatePartitions', resolved.autoCreatePartitions, { min: 0, max: 10_000 });
  requireRange('defaultPartitions', resolved.defaultPartitions, { min: 1, max: 10_000 });
  requireRange('retentionCheckMs', resolved.retentionCheckMs, { min: 1, max: MAX_TIMER_MS });
  if (typeof resolved.fsync === 'number')
    requireRange('fsync', resolved.fsync, { min: 1, max: MAX_TIMER_MS });
  return resolved;
}

function requireRange(name: string, value: number, { min, max }: { min: number; max: number }): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`startBroker: ${name} is ${value}; it must be a whole number from ${min} to ${max}`);
  }
}
