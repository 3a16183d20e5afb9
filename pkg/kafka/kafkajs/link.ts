import { settlesWithin } from '../async.js';
import { DriverError } from '../driver.js';
import type { AccessReport } from '../security/access_report.js';
import { openClient, type Client, type ConnectionOptions } from './client.js';
import { toDriverError } from './errors.js';
import { firstAnswer, SILENT_MS } from './first_answer.js';
import { brokerOpener, type OpenBroker } from './internals.js';
import { NodeConnection } from './node_connection.js';
import { placeOf, SilentNodes } from './silent_nodes.js';
import type { Call } from './wire/call.js';
import { metadata, type ClusterMetadata } from './wire/metadata.js';
import { Reader } from './wire/reader.js';
import { Writer } from './wire/writer.js';

/** Milliseconds for any of the nodes to answer, where the caller has no other wish. */
const ANSWER_MS = 10_000;

/**
 * Connections to the nodes of one cluster, over which requests go one by one and errors come back as they
 * are: what kafkajs's own producer and consumer retry, mix up or hide is left to the caller. Connecting,
 * TLS, authentication and framing are kafkajs's.
 */
export class ClusterLink {
  readonly #client: Client;
  readonly #access: AccessReport | undefined;
  readonly #silent: SilentNodes;
  readonly #open: OpenBroker;
  readonly #seeds: readonly NodeConnection[];
  #nodes = new Map<number, NodeConnection>();
  #nodesAreFresh = false;
  #closed = false;

  constructor(options: ConnectionOptions) {
    // Nothing is retried below: the caller knows better what a failure means for its request.
    this.#client = openClient(options, { retries: 0 });
    this.#access = options.access;
    this.#silent = options.silent ?? new SilentNodes();
    this.#open = brokerOpener(this.#client.kafka);
    this.#seeds = options.brokers.map((address) => this.#seed(address));
  }

  /**
   * Asks one node after another until one answers, and learns the nodes of the cluster from it.
   * @throws DriverError when none does within so many milliseconds
   */
  async metadata(topics: readonly string[], timeoutMs?: number): Promise<ClusterMetadata> {
    const found = await this.requestAny(metadata(topics), timeoutMs);
    this.#access?.connected();
    this.#learn(found);
    return found;
  }

  /**
   * Sends a request that any node can answer, and that may reach several: to those first that did answer lately.
   * @throws DriverError when none does within so many milliseconds
   */
  async requestAny<T>(call: Call<T>, timeoutMs = ANSWER_MS): Promise<T> {
    const asks = this.#willingFirst().map((node) => () => this.#ask(node, call));
    return firstAnswer(asks, timeoutMs);
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

  /** As #send(), and keeps in mind whether the node answers. */
  async #ask<T>(node: NodeConnection, call: Call<T>): Promise<T> {
    const answer = this.#send(node, call);
    if (!(await settlesWithin(answer, SILENT_MS))) this.#silent.silent(node);
    const answered = await answer;
    this.#silent.answered(node);
    return answered;
  }

  #willingFirst(): NodeConnection[] {
    const rank = (node: NodeConnection) => (this.#silent.isSilent(node) ? 2 : Number(!node.isOpen()));
    return [...new Set([...this.#nodes.values(), ...this.#seeds])].sort((a, b) => rank(a) - rank(b));
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
    const { host, port } = placeOf(address);
    return new NodeConnection(host, port, this.#open);
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
