import { isIPv6 } from 'node:net';
import { type Duplex } from 'node:stream';
import { apis } from './apis/index.js';
import { type Clock, type TimerHandle } from './clock.js';
import { Faults } from './faults/faults.js';
import { GroupCoordinator } from './group/coordinator.js';
import { CommittedOffsets } from './group/offsets.js';
import { openStorage } from './log/open_storage.js';
import { type Storage } from './log/storage.js';
import { serveConnection } from './net/connection.js';
import { ListeningNode } from './net/listening_node.js';
import { type BrokerOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { ProducerIds } from './producer_ids.js';
import { type BrokerNode, type BrokerState } from './state.js';
import { Topics } from './topics.js';

const FIRST_NODE_ID = 1;

/** A running broker; {@link startBroker} makes one. */
export class Broker implements BrokerState {
  readonly apis = apis;
  readonly clusterId: string;
  readonly clock: Clock;
  readonly topics: Topics;
  /** Faults for tests; none at first. */
  readonly faults: Faults;
  readonly groups: GroupCoordinator;
  readonly offsets: CommittedOffsets;
  readonly producerIds: ProducerIds;
  private readonly storage: Storage;
  private expiry: TimerHandle | null = null;
  private readonly allNodes: readonly ListeningNode[];
  private readonly connections = new Set<Promise<void>>();

  constructor(readonly options: ResolvedOptions) {
    this.clock = options.clock;
    this.storage = openStorage(options);
    this.clusterId = this.storage.clusterId;
    try {
      this.topics = new Topics(this.storage, options.onProblem);
      this.offsets = new CommittedOffsets(this.storage.offsets, this.clock);
      this.offsets.retain((topic) => this.topics.get(topic)?.id);
    } catch (error) {
      this.storage.close();
      this.storage.release();
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
    this.allNodes = Array.from({ length: options.advertisedNodes }, (_, i) => {
      const nodeId = FIRST_NODE_ID + i;
      const port = i === 0 ? options.port : 0;
      const serve = (stream: Duplex, clientHost: string) => {
        this.serve(stream, { nodeId, clientHost });
      };
      const { host, advertisedHost } = options;
      return new ListeningNode({ id: nodeId, host, advertisedHost, port, serve });
    });
    this.expireLater();
  }

  /** `host:port` of every node, stopped ones included, as a client's bootstrap list; `[host]:port` with IPv6. */
  get brokers(): string[] {
    return this.allNodes.map(({ host, port }) => `${isIPv6(host) ? `[${host}]` : host}:${port}`);
  }

  /** The nodes that are up. */
  get nodes(): BrokerNode[] {
    return this.allNodes.filter(({ isUp }) => isUp);
  }

  get controllerId(): number {
    return this.nodes[0]?.id ?? -1;
  }

  get coordinatorNode(): BrokerNode | null {
    return this.nodes.find(({ id }) => id === FIRST_NODE_ID) ?? null;
  }

  /** The id of the node that leads a partition, up or not; the leaders are spread over the nodes. */
  leaderOf(_topic: string, partition: number): number {
    return FIRST_NODE_ID + (partition % this.allNodes.length);
  }

  /** @throws the listener's error, for example EADDRINUSE when the port is taken */
  async listen(): Promise<void> {
    for (const node of this.allNodes) await node.start();
  }

  /**
   * Stops one node alone: its connections are closed, and its partitions have no leader until it is started again.
   * The first node coordinates all groups, so none is coordinated while it is stopped. Data and groups stay.
   * @throws RangeError when there is no such node
   */
  async stopNode(id: number): Promise<void> {
    await this.node(id).stop();
  }

  /** Starts a stopped node, at its old port. @throws RangeError when there is no such node; the listener's error */
  async startNode(id: number): Promise<void> {
    await this.node(id).start();
  }

  /** A connection within this process: what a socket to a node would be, without a port. */
  connect(nodeId = FIRST_NODE_ID): Duplex {
    return this.node(nodeId).connect();
  }

  /**
   * Ends all connections and closes the data. From the call on nothing is changed any more; the data folder is given
   * back when the last request has ended. May be called more than once.
   */
  async stop(): Promise<void> {
    if (this.expiry !== null) this.clock.clearTimeout(this.expiry);
    const closed = this.allNodes.map((node) => node.stop());
    this.faults.clear();
    this.groups.close();
    // A request that is worked on still, or that waits behind it, must find neither an empty broker nor a writable one.
    this.topics.close();
    this.storage.close();
    await Promise.all([...closed, ...this.connections]);
    this.storage.release();
  }

  report(message: string, error: unknown): void {
    this.options.onProblem(message, error);
  }

  private serve(stream: Duplex, client: { nodeId: number; clientHost: string }): void {
    const { maxRequestBytes: maxFrameBytes } = this.options;
    const served = serveConnection(stream, { broker: this, maxFrameBytes, ...client });
    this.connections.add(served);
    void served.finally(() => this.connections.delete(served));
  }

  private expireLater(): void {
    this.expiry = this.clock.setTimeout(() => {
      this.topics.expire(this.clock.now());
      this.groups.forgetUnused();
      this.expireLater();
    }, this.options.retentionCheckMs);
  }

  private node(id: number): ListeningNode {
    const node = this.allNodes.find((one) => one.id === id);
    if (!node) throw new RangeError(`there is no node ${id}, only 1 to ${this.allNodes.length}`);
    return node;
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
