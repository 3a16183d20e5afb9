import net from 'node:net';
import { Duplex } from 'node:stream';
import type { SocketFactory } from '../../../../pkg/kafka/index.js';

/** What is done with the next request of an API. */
type Mishap = 'cut before it is sent' | 'cut before its answer' | 'hold its answer';

const API_KEY_AT = 4;
const CORRELATION_AT = 8;
const RESPONSE_CORRELATION_AT = 4;

/**
 * TCP to any broker, with mishaps on the way: the next request of an API, by its key, does not reach the
 * broker, or its answer does not reach the client. kafkajs writes each request at once, and so do brokers
 * their small answers.
 */
export class CuttingSockets {
  /** How often mishaps have happened. */
  happened = 0;
  #next: { readonly apiKey: number; readonly mishap: Mishap; readonly left: number } | undefined;
  #release: (() => void)[] = [];

  /** Arms a mishap for the next `times` requests of the API. */
  next(apiKey: number, mishap: Mishap, times = 1): void {
    this.#next = { apiKey, mishap, left: times };
  }

  /** Disarms {@link next}. */
  calm(): void {
    this.#next = undefined;
  }

  /** Lets the answers through that were held. */
  release(): void {
    for (const release of this.#release.splice(0)) release();
  }

  readonly factory: SocketFactory = ({ host, port, onConnect }) => {
    const socket = net.connect({ host, port }, onConnect).setNoDelay();
    let marked: { readonly correlation: number; readonly mishap: Mishap } | undefined;
    const outer = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        const mishap = this.#take(chunk.readInt16BE(API_KEY_AT));
        if (mishap === 'cut before it is sent') socket.destroy(new Error('cut'));
        else socket.write(chunk);
        if (mishap !== undefined) marked = { correlation: chunk.readInt32BE(CORRELATION_AT), mishap };
        done();
      },
      final: (done) => {
        socket.end();
        done();
      },
      destroy: (error, done) => {
        socket.destroy();
        done(error);
      },
    });
    socket.on('data', (chunk: Buffer) => {
      const isMarked = chunk.readInt32BE(RESPONSE_CORRELATION_AT) === marked?.correlation;
      if (isMarked && marked?.mishap === 'cut before its answer') socket.destroy(new Error('cut'));
      else if (isMarked) this.#release.push(() => outer.push(chunk));
      else outer.push(chunk);
    });
    socket.on('end', () => outer.push(null));
    socket.on('error', (error) => outer.destroy(error));
    socket.on('close', () => outer.destroy());
    return outer;
  };

  #take(apiKey: number): Mishap | undefined {
    if (this.#next?.apiKey !== apiKey) return undefined;
    const { mishap, left } = this.#next;
    this.#next = left > 1 ? { apiKey, mishap, left: left - 1 } : undefined;
    this.happened += 1;
    return mishap;
  }
}
