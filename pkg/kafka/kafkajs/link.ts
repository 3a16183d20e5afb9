import { DriverError } from '../driver.js';
import type { AccessReport } from '../security/access_report.js';
import { openClient, type Client, type ConnectionOptions } from './client.js';
import { toDriverError } from './errors.js';
import { brokerOpener, type OpenBroker } from './internals.js';
import { NodeConnection } from './node_connection.js';
import type { Call } from './wire/call.js';
import { metadata, type ClusterMetadata } from './wire/metadata.js';
import { Reader } from './wire/reader.js';
import { Writer } from './wire/writer.js';

/**
 * Connections to the nodes of one cluster, over which requests go one by one and errors come back as they
 * are: what kafkajs's own producer and consumer retry, mix up or hide is left to the caller. Connecting,
 * TLS, authentication and framing are kafkajs's.
 */
export class ClusterLink {
  readonly #client: Client;
  readonly #access: AccessReport | undefined;
  readonly #open: OpenBroker;
  readonly #seeds: readonly NodeConnection[];
  #nodes = new Map<number, NodeConnection>();
  #nodesAreFresh = false;
  #closed = false;

  constructor(options: ConnectionOptions) {
    // Nothing is retried below: the caller knows better what a failure means for its request.
    this.#client = openClient(options, { retries: 0 });
    this.#access = options.access;
    this.#open = brokerOpener(this.#client.kafka);
    this.#seeds = options.brokers.map((address) => this.#seed(address));
  }

  /**
   * Asks one node after another until one answers, and learns the nodes of the cluster from it.
   * @throws DriverError of the last node, when none does
   */
  async metadata(topics: readonly string[]): Promise<ClusterMetadata> {
    const found = await this.requestAny(metadata(topics));
    this.#access?.connected();
    this.#learn(found);
    return found;
  }

  /** Sends a request that any node can answer. @throws DriverError of the last node, when none does */
  async requestAny<T>(call: Call<T>): Promise<T> {
    let failure: unknown = new DriverError('unreachable', 'there is no address to connect to');
    for (const node of [...this.#openFirst(), ...this.#seeds]) {
      try {
        return await this.#send(node, call);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /**
   * Sends a request to one node. Whether it left this process shows in whether `call.write` was called.
   * @throws DriverError
   */
  async request<T>(nodeId: number, call: Call<T>): Promise<T> {
    if (!this.#nodesAreFresh || !this.#nodes.has(nodeId)) await this.metadata([]);
    const node = this.#nodes.get(nodeId);
    if (node === undefined) throw new DriverError('unreachable', `the cluster has no node ${nodeId} now`);
    try {
      return await this.#send(node, call);
    } catch (error) {
      // It may have moved to another address.
      this.#nodesAreFresh = false;
      throw error;
    }
  }

  /** Cuts all connections for good; requests under way reject. */
  close(): void {
    this.#closed = true;
    this.#client.seal();
  }

  async #send<T>(node: NodeConnection, call: Call<T>): Promise<T> {
    if (this.#closed) throw new DriverError('unreachable', 'the client is closed');
    try {
      return await node.use(async (connection) => connection.send(await toConnectionCall(call)));
    } catch (error) {
      throw toDriverError(error, this.#client.lastSocketError());
    }
  }

  #openFirst(): NodeConnection[] {
    return [...this.#nodes.values()].sort((a, b) => Number(b.isOpen()) - Number(a.isOpen()));
  }

  /** Keeps the connections of nodes that are still where they were, the bootstrap ones included. */
  #learn({ nodes }: ClusterMetadata): void {
    const former = [...this.#nodes.values(), ...this.#seeds];
    const learned = new Map(
      nodes.map(({ id, host, port }) => {
        const known = former.find((node) => node.host === host && node.port === port);
        return [id, known ?? new NodeConnection(host, port, this.#open)];
      }),
    );
    const kept = new Set(learned.values());
    for (const node of former) if (!kept.has(node)) node.close();
    this.#nodes = learned;
    this.#nodesAreFresh = true;
  }

  #seed(address: string): NodeConnection {
    const colon = address.lastIndexOf(':');
    const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
    return new NodeConnection(host, Number(address.slice(colon + 1)), this.#open);
  }
}

/** Runs work with connections of its own, and closes them. */
export async function withLink<T>(
  options: ConnectionOptions,
  work: (link: ClusterLink) => Promise<T>,
): Promise<T> {
  const link = new ClusterLink(options);
  try {
    return await work(link);
  } finally {
    link.close();
  }
}

/**
 * Written before the connection is asked whether its session has to be renewed: what is written for longer would
 * go out in the midst of that, where brokers expect nothing else.
 */
async function toConnectionCall<T>(call: Call<T>) {
  const { key, name, version } = call.api;
  const writer = new Writer();
  await call.write(writer);
  const bytes = writer.done();
  return {
    request: {
      apiKey: key,
      apiVersion: version,
      apiName: name,
      encode: async () => ({ buf: bytes, buffer: bytes }),
    },
    response: {
      decode: async (payload: Buffer) => {
        const { body, throttleMs } = call.read(new Reader(payload));
        return { body, clientSideThrottleTime: throttleMs };
      },
      parse: async ({ body }: { readonly body: T }) => body,
    },
    ...(call.timeoutMs === undefined ? {} : { requestTimeout: call.timeoutMs }),
  };
}
