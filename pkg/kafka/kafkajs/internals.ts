import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import type kafkajs from 'kafkajs';

/**
 * Typed doors to what kafkajs 2.2.4 does not export: its connections, on which requests of our own can be
 * sent, and the parts they need. Everything that depends on that version's insides is in this file and in
 * the patches, and nothing starts with another version.
 */
const load = createRequire(import.meta.url);

/** The one version whose insides this package knows. */
const KNOWN_VERSION = '2.2.4';

/** @throws Error when another version of kafkajs is installed, with which nothing here would be safe */
export function assertKnownVersion(): void {
  const { version } = load('kafkajs/package.json') as { version: string };
  if (version === KNOWN_VERSION) return;
  throw new Error(`kafkajs ${version} is installed; pkg/kafka works with ${KNOWN_VERSION} only`);
}

/** A request that is handed to a queue; only a longer timeout than the client's own is heeded. */
export interface PushedRequest {
  readonly entry: { readonly apiKey: number };
  readonly requestTimeout: number | null;
}

/** A request in a queue, which is asked several times a second whether its time is over. */
interface SocketRequest {
  /** On the scale of Date.now(); null while it waits for its turn. */
  readonly sentAt: number | null;
  readonly requestTimeout: number;
}

/** The part of kafkajs's request queue that the patches touch. */
export interface RequestQueue {
  /** Requests that were sent and not answered. */
  readonly inflight: ReadonlyMap<number, SocketRequest>;
  createSocketRequest: (this: RequestQueue, pushed: PushedRequest) => SocketRequest;
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/** The part of kafkajs's node that the patches touch. */
export interface ReusedBroker {
  /** The versions that it supports; null where it has not been asked, as a connection is then. */
  versions: object | null;
  isConnected(): boolean;
  connect: (this: ReusedBroker) => Promise<void>;
}

/** What every node of kafkajs inherits from. */
export function brokerPrototype(): ReusedBroker {
  return (load('kafkajs/src/broker') as { prototype: ReusedBroker }).prototype;
}

/** The part of what kafkajs knows of a cluster's nodes that the patches touch. */
export interface BrokerPool {
  /** By node id. */
  readonly brokers: Readonly<Record<string, ReusedBroker>>;
  /** Resolves to null when every node was reached and the callback rejected for each. */
  withBroker: (this: BrokerPool, callback: (node: AskedNode) => Promise<unknown>) => Promise<unknown>;
}

interface AskedNode {
  readonly nodeId: string;
  readonly broker: ReusedBroker;
}

/** What every broker pool of kafkajs inherits from. */
export function brokerPoolPrototype(): BrokerPool {
  return (load('kafkajs/src/cluster/brokerPool') as { prototype: BrokerPool }).prototype;
}

/** What every request queue of kafkajs inherits from. */
export function requestQueuePrototype(): RequestQueue {
  return (load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }).prototype;
}

/** The part of a kafkajs connection that the patches touch. */
export interface ReusedConnection {
  readonly requestQueue: RequestQueue;
  readonly socket: Duplex;
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  isConnected(): boolean;
  connect: (this: ReusedConnection) => Promise<boolean>;
  processData: (this: ReusedConnection, bytes: Buffer) => void;
}

/** The part of a kafkajs connection that has to do with its session. */
export interface SessionConnection {
  /** What to authenticate with. */
  sasl: object;
  /** As process.hrtime() gives it; null until the first authentication. */
  readonly authenticatedAt: [number, number] | null;
  /** Milliseconds; 0 where it has no end. */
  readonly sessionLifetime: { toNumber(): number };
  /** Milliseconds before the end of the session from which on requests authenticate anew. */
  reauthenticationThreshold: number;
}

/** Authenticates a kafkajs connection, once. */
export interface SaslAuthenticator {
  readonly connection: SessionConnection;
  /** Milliseconds, in decimal; read by the connection when it is authenticated. */
  sessionLifetime: string;
  saslHandshake: (choice: { readonly mechanism: string }) => object;
  authenticate: (this: SaslAuthenticator) => Promise<void>;
}

/** What everything that authenticates kafkajs's connections inherits from. */
export function saslAuthenticatorPrototype(): SaslAuthenticator {
  return (load('kafkajs/src/broker/saslAuthenticator') as { prototype: SaslAuthenticator }).prototype;
}

/** The part of kafkajs's connections to one node that the silence patch touches. */
export interface ConnectionPool {
  readonly pool: readonly ReusedConnection[];
  send: (
    this: ConnectionPool,
    call: { readonly request: { readonly apiKey: number }; readonly requestTimeout?: number | null },
  ) => Promise<unknown>;
}

/** What the connections of kafkajs to any node inherit from. */
export function connectionPoolPrototype(): ConnectionPool {
  return (load('kafkajs/src/network/connectionPool') as { prototype: ConnectionPool }).prototype;
}

/** What every connection of kafkajs inherits from. */
export function connectionPrototype(): ReusedConnection {
  return (load('kafkajs/src/network/connection') as { prototype: ReusedConnection }).prototype;
}

/** A message as kafkajs's consumer needs it: all that it looks at is the position. */
export interface PositionMessage {
  /** Decimal text. */
  readonly offset: string;
  readonly isControlRecord: boolean;
}

/** What kafkajs decodes of a partition that was fetched. */
export interface PartitionData {
  readonly partition: number;
  readonly errorCode: number;
  /** What is wrong with its records. kafkajs does not know it. */
  readonly damage?: string;
  readonly highWatermark: string;
  readonly preferredReadReplica: number;
  readonly abortedTransactions: readonly never[];
  readonly messages: readonly PositionMessage[];
}

/** An answer to a fetch, as kafkajs decodes it. */
export interface FetchedData {
  readonly throttleTime: number;
  readonly clientSideThrottleTime?: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly PartitionData[];
  }[];
}

/** A fetch as kafkajs hands it to a connection. */
export interface FetchCall {
  readonly request: { readonly apiVersion: number };
  readonly response: {
    readonly decode: (payload: Buffer) => Promise<FetchedData>;
    /** Rejects when a partition has an error. */
    readonly parse: (data: FetchedData) => Promise<FetchedData>;
  };
}

/** Partitions of a topic, as kafkajs groups them. */
interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** The part of kafkajs's subscription state that the fetch patch touches. */
export interface SubscriptionState {
  active(): readonly TopicPartitions[];
  resume: (this: SubscriptionState, topicPartitions: readonly TopicPartitions[]) => void;
  assign: (this: SubscriptionState, topicPartitions: readonly TopicPartitions[]) => void;
}

/** The part of kafkajs's consumer group that the fetch patch touches. */
export interface ConsumerGroup {
  readonly subscriptionState: SubscriptionState;
  readonly cluster: { refreshMetadata(): Promise<void> };
  readonly logger: Readonly<Record<'warn' | 'error', (message: string, fields: object) => void>>;
  readonly maxWaitTime: number;
  readonly sessionTimeout: number;
  filterPartitionsByNode(
    nodeId: number,
    topicPartitions: readonly TopicPartitions[],
  ): readonly TopicPartitions[];
  fetch: (this: ConsumerGroup, nodeId: number) => Promise<unknown[]>;
  /** By topic. */
  getActiveTopicPartitions: (this: ConsumerGroup) => Record<string, Set<number>>;
  recoverFromFetch: (this: ConsumerGroup, error: Error) => Promise<void>;
  joinAndSync: (this: ConsumerGroup) => Promise<void>;
}

/** What every consumer group of kafkajs inherits from. */
export function consumerGroupPrototype(): ConsumerGroup {
  return (load('kafkajs/src/consumer/consumerGroup') as { prototype: ConsumerGroup }).prototype;
}

/** What every subscription state of kafkajs inherits from. */
export function subscriptionStatePrototype(): SubscriptionState {
  return (load('kafkajs/src/consumer/subscriptionState') as { prototype: SubscriptionState }).prototype;
}

/** A request for a kafkajs connection; `encode` is called right before the bytes leave. */
export interface ConnectionRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
}

/** How a kafkajs connection reads the answer; `clientSideThrottleTime` makes it hold back later requests. */
export interface ConnectionResponse<T> {
  decode(payload: Buffer): Promise<{ readonly clientSideThrottleTime: number; readonly body: T }>;
  parse(decoded: { readonly body: T }): Promise<T>;
}

/** One socket to a node. */
export interface Connection {
  isConnected(): boolean;
  /** @throws kafkajs's errors: a connection error when nothing was sent or the connection broke */
  send<T>(call: {
    readonly request: ConnectionRequest;
    readonly response: ConnectionResponse<T>;
    /** Milliseconds; only a longer time than the client's own is heeded. */
    readonly requestTimeout?: number;
  }): Promise<T>;
}

/** Lowest and highest version of each API that a node serves, by API key. */
type ServedVersions = Readonly<
  Record<number, { readonly minVersion: number; readonly maxVersion: number } | undefined>
>;

/** A node of the cluster. */
export interface Broker {
  /** Opens the socket, asks which APIs there are, and authenticates. Calls at once share the work. */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isConnected(): boolean;
  readonly versions: ServedVersions | null;
  readonly connectionPool: {
    readonly host: string;
    readonly port: number;
    readonly pool: readonly [Connection, ...Connection[]];
  };
}

interface HostOfPool {
  readonly host: string;
}

interface InnerCluster {
  readonly connectionPoolBuilder: {
    /** Without a place: the next of the bootstrap addresses. */
    build(place?: { host: string; port: number; rack?: string }): Promise<HostOfPool>;
  };
  readonly brokerPool: {
    createBroker(parts: { connectionPool: HostOfPool; logger: unknown; nodeId?: number }): Broker;
  };
  readonly rootLogger: unknown;
}

/** Makes brokers with the connection settings of a kafkajs client. */
export type OpenBroker = (place?: { host: string; port: number }) => Promise<Broker>;

/** What makes connections for this client. */
export function brokerOpener(kafka: kafkajs.Kafka): OpenBroker {
  const create = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (create === undefined) throw new Error('this version of kafkajs has no createCluster');
  const makers = kafka as unknown as Record<symbol, (options: object) => InnerCluster>;
  const cluster = makers[create]?.({ allowAutoTopicCreation: false });
  if (cluster === undefined) throw new Error('kafkajs made no cluster');
  return async (place) =>
    cluster.brokerPool.createBroker({
      connectionPool: await cluster.connectionPoolBuilder.build(place),
      logger: cluster.rootLogger,
    });
}

/** CRC-32C of record batches, as an unsigned 32-bit number. */
export const checksum = load('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;

const errors = load('kafkajs/src/protocol/error') as {
  createErrorFromCode(code: number): kafkajs.KafkaJSProtocolError;
};

/** kafkajs's error for a code of the protocol other than 0. */
export function protocolError(code: number): kafkajs.KafkaJSProtocolError {
  return errors.createErrorFromCode(code);
}
