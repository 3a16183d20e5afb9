import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { apis } from './apis/index.js';
import { type Clock, type TimerHandle } from './clock.js';
import { Faults } from './faults/faults.js';
import { GroupCoordinator } from './group/coordinator.js';
import { CommittedOffsets } from './group/offsets.js';
import { openStorage } from './log/open_storage.js';
import { type Storage } from './log/storage.js';
import { serveConnection } from './net/connection.js';
import { inMemorySocket } from './net/in_memory.js';
import { type BrokerOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { ProducerIds } from './producer_ids.js';
import { type BrokerNode, type BrokerState } from './state.js';
import { Topics } from './topics.js';

const FIRST_NODE_ID = 1;

/** A running broker; {@link startBroker} makes one. */
export class Broker implements BrokerState {
  readonly apis = apis;
  readonly clusterId: string;
  readonly nodes: BrokerNode[] = [];
  readonly clock: Clock;
  readonly topics: Topics;
  /** Faults for tests; none at first. */
  readonly faults: Faults;
  readonly groups: GroupCoordinator;
  readonly offsets: CommittedOffsets;
  readonly producerIds: ProducerIds;
  private readonly storage: Storage;
  private expiry: TimerHandle | null = null;
  private readonly servers: Server[] = [];
  private readonly streams = new Set<Duplex>();

  constructor(readonly options: ResolvedOptions) {
    this.clock = options.clock;
    this.storage = openStorage(options);
    this.clusterId = this.storage.clusterId;
    try {
      this.topics = new Topics(this.storage, options.onProblem);
      this.offsets = new CommittedOffsets(this.storage.offsets, this.clock);
    } catch (error) {
      this.storage.close();
      throw error;
    }
    this.producerIds = new ProducerIds(this.storage);
    const { initialRebalanceDelayMs } = options;
    this.faults = new Faults({
      clock: this.clock,
      apiNames: [...apis.values()].map(({ name }) => name),
      topics: {
        names: () => this.topics.all().map(({ name }) => name),
        partitionCount: (topic) => this.topics.get(topic)?.partitions.length ?? 0,
      },
    });
    this.groups = new GroupCoordinator({ clock: this.clock, offsets: this.offsets, initialRebalanceDelayMs });
    this.expireLater();
  }

  /** `host:port` of every node, as a client's bootstrap list. */
  get brokers(): string[] {
    return this.nodes.map(({ host, port }) => `${host}:${port}`);
  }

  get controllerId(): number {
    return FIRST_NODE_ID;
  }

  /** The node that coordinates every consumer group. */
  get coordinatorNode(): BrokerNode {
    const [first] = this.nodes;
    if (!first) throw new Error('the broker is not listening');
    return first;
  }

  /** The id of the node that leads a partition; the leaders are spread over the nodes. */
  leaderOf(_topic: string, partition: number): number {
    return FIRST_NODE_ID + (partition % this.nodes.length);
  }

  /** @throws the listener's error, for example EADDRINUSE when the port is taken */
  async listen(): Promise<void> {
    for (let i = 0; i < this.options.advertisedNodes; i++) {
      const id = FIRST_NODE_ID + i;
      const server = createServer({ noDelay: true }, (socket: Socket) => {
        this.serve(socket, id, `/${socket.remoteAddress ?? 'unknown'}`);
      });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(i === 0 ? this.options.port : 0, this.options.host, resolve);
      });
      this.servers.push(server);
      this.nodes.push({ id, host: this.options.host, port: (server.address() as AddressInfo).port });
    }
  }

  /** A connection within this process: what a socket to the first node would be, without a port. */
  connect(nodeId = FIRST_NODE_ID): Duplex {
    const { client, server } = inMemorySocket();
    this.serve(server, nodeId, '/in-memory');
    return client;
  }

  /** Ends all connections and closes the data. May be called more than once. */
  async stop(): Promise<void> {
    if (this.expiry !== null) this.clock.clearTimeout(this.expiry);
    const closed = this.servers.map((server) => new Promise((resolve) => server.close(resolve)));
    this.faults.clear();
    for (const stream of this.streams) stream.destroy();
    this.groups.close();
    this.topics.close();
    this.storage.close();
    await Promise.all(closed);
  }

  report(message: string, error: unknown): void {
    this.options.onProblem(message, error);
  }

  private expireLater(): void {
    this.expiry = this.clock.setTimeout(() => {
      this.topics.expire(this.clock.now());
      this.expireLater();
    }, this.options.retentionCheckMs);
  }

  private serve(stream: Duplex, nodeId: number, clientHost: string): void {
    this.streams.add(stream);
    stream.once('close', () => this.streams.delete(stream));
    const { maxRequestBytes: maxFrameBytes } = this.options;
    void serveConnection(stream, { broker: this, nodeId, clientHost, maxFrameBytes });
  }
}

/**
 * Starts a single-machine broker that speaks the Kafka protocol, in this process.
 * @throws RangeError for an option out of range; BrokerError for a topic that cannot be; the listener's error
 * when the port cannot be had; DataFolderInUse when another broker has the data folder; StorageError when the folder
 * cannot be read or written
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const broker = new Broker(resolveOptions(options));
  try {
    broker.topics.createMissing(broker.options.topics);
    await broker.listen();
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return broker;
}
