import type { Broker, Connection, OpenBroker } from './internals.js';

/** The connection to one node: opened when it is needed, and anew after it broke; its session is renewed. */
export class NodeConnection {
  #broker: Broker | undefined;
  #opening: Promise<Broker> | undefined;

  constructor(
    readonly host: string,
    readonly port: number,
    private readonly open: OpenBroker,
  ) {}

  isOpen(): boolean {
    return this.#broker?.isConnected() === true;
  }

  /** Runs `work` on the connection. Calls at once share it. @throws what kafkajs throws */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const broker = await this.#usable();
    try {
      return await work(broker.connectionPool.pool[0]);
    } catch (error) {
      // After an error of the connection, or a request that timed out, answers to later requests could
      // wait behind the lost one for ever.
      if (this.#broker === broker) this.close();
      throw error;
    }
  }

  /** Closes the connection once the requests under way are answered; the next use opens another. */
  close(): void {
    const broker = this.#broker;
    this.#broker = undefined;
    if (broker !== undefined) disconnect(broker);
  }

  async #usable(): Promise<Broker> {
    const broker = this.#broker;
    if (broker?.isConnected() === true) return broker;
    this.#opening ??= this.#reopen(broker).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #reopen(former: Broker | undefined): Promise<Broker> {
    // Of a connection that stands only the session has to be renewed.
    if (former?.connectionPool.pool[0].isConnected() !== true) {
      this.close();
      return this.#connect();
    }
    try {
      await former.connect();
    } catch (error) {
      if (this.#broker === former) this.close();
      throw error;
    }
    return former;
  }

  async #connect(): Promise<Broker> {
    const broker = await this.open({ host: this.host, port: this.port });
    try {
      await broker.connect();
    } catch (error) {
      disconnect(broker);
      throw error;
    }
    this.#broker = broker;
    return broker;
  }
}

function disconnect(broker: Broker): void {
  // A connection that broke, or never opened, has nothing more to report when it is closed.
  broker.disconnect().catch(() => undefined);
}
