import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { inMemorySocket } from './in_memory.js';

export interface ListeningNodeOptions {
  id: number;
  /** The address to listen on. */
  host: string;
  /** The host that clients are told. */
  advertisedHost: string;
  /** 0 takes a free one at the first start, which is kept from then on. */
  port: number;
  /** Serves a client, whose address is given as Apache Kafka shows it. */
  serve: (stream: Duplex, clientHost: string) => void;
}

/** A listener with an id: what clients take for a broker of a cluster. */
export class ListeningNode {
  readonly id: number;
  /** The host that clients are told. */
  readonly host: string;
  readonly #address: string;
  readonly #serve: ListeningNodeOptions['serve'];
  readonly #streams = new Set<Duplex>();
  #port: number;
  #server: Server | null = null;
  #starting: Promise<void> | null = null;

  constructor({ id, host, advertisedHost, port, serve }: ListeningNodeOptions) {
    this.id = id;
    this.host = advertisedHost;
    this.#address = host;
    this.#port = port;
    this.#serve = serve;
  }

  get port(): number {
    return this.#port;
  }

  /** Whether clients can reach it. */
  get isUp(): boolean {
    return this.#server !== null;
  }

  /**
   * Listens, at the port that it had before; however often it is called, with one listener.
   * @throws the listener's error, for example EADDRINUSE
   */
  async start(): Promise<void> {
    if (this.#server) return;
    this.#starting ??= this.#listen().finally(() => {
      this.#starting = null;
    });
    await this.#starting;
  }

  async #listen(): Promise<void> {
    const server = createServer({ noDelay: true }, (socket: Socket) => {
      this.#accept(socket, `/${socket.remoteAddress ?? 'unknown'}`);
    });
    server.listen(this.#port, this.#address);
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Closes every connection and takes none any more. */
  async stop(): Promise<void> {
    // A start that fails tells its own caller.
    if (this.#starting) await Promise.allSettled([this.#starting]);
    const server = this.#server;
    this.#server = null;
    for (const stream of this.#streams) stream.destroy();
    if (!server) return;
    server.close();
    await once(server, 'close');
  }

  /** A connection within this process; it is closed at once when the node is stopped. */
  connect(): Duplex {
    const { client, server } = inMemorySocket();
    if (this.isUp) this.#accept(server, '/in-memory');
    else server.destroy();
    return client;
  }

  #accept(stream: Duplex, clientHost: string): void {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    this.#serve(stream, clientHost);
  }
}
