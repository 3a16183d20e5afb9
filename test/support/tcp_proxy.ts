import { once } from 'node:events';
import net from 'node:net';
import { DelayLine } from './delay_line.js';

/** One connection of a client through the proxy to its target. */
interface Pair {
  readonly client: net.Socket;
  readonly target: net.Socket;
  /** What is on its way, a line for each direction. */
  readonly lines: readonly DelayLine[];
}

/**
 * A TCP proxy on loopback that can have the faults of networks: broken, silent, slow, or slow to close. One
 * stands before one port; connections that are there feel a fault at once, later ones as told.
 */
export class TcpProxy {
  readonly #pairs = new Set<Pair>();
  readonly #server: net.Server;
  #refusing = false;
  #silent = false;
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
    for (const { client, target, lines } of this.#pairs) {
      for (const line of lines) line.clear();
      client.resetAndDestroy();
      target.resetAndDestroy();
    }
  }

  /** Nothing passes on the connections of now any more, and nobody is told; new ones work. */
  forget(): void {
    for (const { client, target, lines } of this.#pairs) {
      for (const line of lines) line.clear();
      client.removeAllListeners('data').pause();
      target.removeAllListeners('data').pause();
    }
  }

  /**
   * Nothing passes any more, on the connections of now and on new ones, and nobody is told, until {@link mend}: then
   * what was sent meanwhile arrives, in order, as TCP sends it again. Connecting works, as this machine answers it.
   */
  silence(): void {
    this.#silent = true;
    for (const { lines } of this.#pairs) for (const line of lines) line.hold();
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
    this.#silent = false;
    this.#latencyMs = 0;
    this.#closeDelayMs = 0;
    for (const { lines } of this.#pairs) for (const line of lines) line.release();
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
    const upstream = { from: client, to: target, line: new DelayLine(), latencyMs: () => 0 };
    const downstream = { from: target, to: client, line: new DelayLine(), latencyMs: () => this.#latencyMs };
    const pair = { client, target, lines: [upstream.line, downstream.line] };
    this.#pairs.add(pair);
    if (this.#silent) for (const line of pair.lines) line.hold();
    for (const { from, to, line, latencyMs } of [upstream, downstream]) {
      from.setNoDelay();
      from.on('data', (chunk: Buffer) => {
        line.add(latencyMs(), () => to.write(chunk));
      });
      // The news of an end takes the same way as the bytes before it.
      from.on('end', () => {
        line.add(this.#closeDelayMs + latencyMs(), () => to.end());
      });
      // What became of the connection shows on the other side.
      from.on('error', () => undefined);
      from.on('close', () => {
        line.add(this.#closeDelayMs + latencyMs(), () => {
          this.#pairs.delete(pair);
          to.destroy();
        });
      });
    }
  }
}
