import { once } from 'node:events';
import net from 'node:net';

/** One connection of a client through the proxy to its target. */
interface Pair {
  readonly client: net.Socket;
  readonly target: net.Socket;
}

/**
 * A TCP proxy on loopback that can have the faults of networks: broken, silent, slow, or slow to close. One
 * stands before one port; connections that are there feel a fault at once, later ones as told.
 */
export class TcpProxy {
  readonly #pairs = new Set<Pair>();
  readonly #server: net.Server;
  #refusing = false;
  #latencyMs = 0;
  #closeDelayMs = 0;

  private constructor(private readonly targetPort: number) {
    this.#server = net.createServer({ allowHalfOpen: true }, (client) => {
      this.#accept(client);
    });
  }

  /** Starts one before a port of this machine. */
  static async before(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Breaks all connections, and all new ones, until {@link mend}. */
  cut(): void {
    this.#refusing = true;
    for (const { client, target } of this.#pairs) {
      client.resetAndDestroy();
      target.resetAndDestroy();
    }
  }

  /** Nothing passes on the connections of now any more, and nobody is told; new ones work. */
  forget(): void {
    for (const { client, target } of this.#pairs) {
      client.removeAllListeners('data').pause();
      target.removeAllListeners('data').pause();
    }
  }

  /** Delays what comes from the target from now on. */
  delay(ms: number): void {
    this.#latencyMs = ms;
  }

  /** Delays the news that one side has ended. */
  delayClosing(ms: number): void {
    this.#closeDelayMs = ms;
  }

  /** Ends all faults; connections that were broken or forgotten stay so. */
  mend(): void {
    this.#refusing = false;
    this.#latencyMs = 0;
    this.#closeDelayMs = 0;
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: net.Socket): void {
    if (this.#refusing) {
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const target = net.connect({ host: '127.0.0.1', port: this.targetPort, allowHalfOpen: true });
    const pair = { client, target };
    this.#pairs.add(pair);
    forward(client, target, () => 0);
    forward(target, client, () => this.#latencyMs);
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.setNoDelay();
      from.on('end', () => setTimeout(() => to.end(), this.#closeDelayMs + this.#latencyMs));
      // What became of the connection shows on the other side.
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#pairs.delete(pair);
        setTimeout(() => to.destroy(), this.#closeDelayMs + this.#latencyMs);
      });
    }
  }
}

function forward(from: net.Socket, to: net.Socket, latencyMs: () => number): void {
  // What was delayed comes before what is not.
  let earliest = 0;
  from.on('data', (chunk: Buffer) => {
    const at = Math.max(earliest, performance.now() + latencyMs());
    earliest = at;
    const wait = at - performance.now();
    if (wait <= 0) to.write(chunk);
    else setTimeout(() => to.write(chunk), wait);
  });
}
