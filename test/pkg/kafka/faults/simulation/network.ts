import { Duplex } from 'node:stream';
import type { Broker } from '../../../../../pkg/devbroker/index.js';
import type { SocketFactory } from '../../../../../pkg/kafka/index.js';

/** One member's connections to the broker: streams in memory that can be cut. */
export class Network {
  /** While it is false, nobody can be connected to. */
  up = true;
  readonly #streams = new Set<Duplex>();

  constructor(private readonly broker: Broker) {}

  readonly socketFactory: SocketFactory = ({ port, onConnect }) => {
    const node = this.broker.nodes.find((candidate) => candidate.port === port);
    const stream = this.up && node !== undefined ? this.broker.connect(node.id) : nobody();
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    setImmediate(() => {
      if (this.up) onConnect();
      else stream.destroy(new Error('connect ECONNREFUSED'));
    });
    return stream;
  };

  /** Cuts every connection, or those that `chosen` says. */
  cut(chosen: () => boolean = () => true): void {
    for (const stream of [...this.#streams]) if (chosen()) stream.destroy(new Error('read ECONNRESET'));
  }
}

function nobody(): Duplex {
  return new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}
