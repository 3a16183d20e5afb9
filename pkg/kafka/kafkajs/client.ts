import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import kafkajs, { type ISocketFactory, type KafkaConfig, type RetryOptions } from 'kafkajs';
import type { SocketFactory } from '../driver.js';
import type { Logger } from '../../logger/index.js';
import type { AccessReport } from '../security/access_report.js';
import { clearTextSecret } from '../security/clear_text.js';
import type { SaslOptions } from '../security/sasl.js';
import type { TlsSettings } from '../security/tls.js';
import { logCreator, SEALED } from './log.js';
import { REAUTHENTICATION_MS, toKafkajsSasl } from './sasl.js';
import { placeOf, type SilentNodes } from './silent_nodes.js';

/** Where and how the clients of one driver connect. */
export interface ConnectionOptions {
  /** Bootstrap addresses, `host:port` each. */
  readonly brokers: readonly string[];
  /** Shown in the broker's logs and quotas. */
  readonly clientId: string;
  readonly logger: Logger;
  /** Read anew for each connection. Without it nothing is encrypted. */
  readonly tls?: TlsSettings | undefined;
  readonly sasl?: SaslOptions | undefined;
  /** Is told when brokers keep this client out. */
  readonly access?: AccessReport;
  /** Nodes that are asked last. */
  readonly silent?: SilentNodes;
  /** Replaces TCP, for example by in-memory streams to an embedded broker. `tls` does not apply then. */
  readonly socketFactory?: SocketFactory | undefined;
}

/** A kafkajs client with sockets that can be cut off. */
export interface Client {
  readonly kafka: kafkajs.Kafka;
  /**
   * Destroys the sockets and refuses new ones. kafkajs reconnects after its own disconnect() when a
   * send or a connect is still being retried; a sealed client cannot come back to life.
   */
  seal(): void;
  /** The last error of a socket, which says more than kafkajs's "retries exceeded". */
  lastSocketError(): Error | undefined;
}

const CONNECTION_TIMEOUT_MS = 3_000;
const KEEP_ALIVE_MS = 60_000;

/**
 * Every producer, consumer and admin gets a client of its own: kafkajs shares committed offsets between
 * the consumers of one Kafka object, which two members of one group must not.
 */
export function openClient(options: ConnectionOptions, retry: RetryOptions): Client {
  const sockets = new Set<Duplex>();
  let sealed = false;
  let lastError: Error | undefined;

  const socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    if (sealed) throw new Error(SEALED);
    const socket =
      options.socketFactory === undefined
        ? openSocket({ host, port, onConnect }, options)
        : options.socketFactory({ host, port, onConnect });
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', (error: Error) => {
      lastError = error;
    });
    // kafkajs uses nothing of net.Socket but the stream and unref().
    return Object.assign(socket, { unref: unrefOf(socket) }) as net.Socket;
  };

  const config: KafkaConfig = {
    // A connect that is still being retried ends for good when it finds no addresses any more.
    brokers: () => (sealed ? [] : silentLast(options)),
    clientId: options.clientId,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    retry,
    socketFactory,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: logCreator(options.logger, options.access),
    reauthenticationThreshold: REAUTHENTICATION_MS,
    // kafkajs asks for it where SASL is used; how to encrypt is the socket factory's matter.
    ssl: options.tls !== undefined,
    ...(options.sasl === undefined ? {} : { sasl: toKafkajsSasl(options.sasl) }),
  };

  return {
    kafka: new kafkajs.Kafka(config),
    seal() {
      sealed = true;
      for (const socket of sockets) {
        // An error is what makes kafkajs give up the requests that still wait for an answer.
        socket.destroy(socket.writableEnded ? undefined : new Error(SEALED));
      }
    },
    lastSocketError: () => lastError,
  };
}

function silentLast({ brokers, silent }: ConnectionOptions): string[] {
  const isSilent = (address: string) => Number(silent?.isSilent(placeOf(address)) === true);
  return [...brokers].sort((a, b) => isSilent(a) - isSilent(b));
}

function openSocket(
  target: Parameters<SocketFactory>[0],
  { tls: settings, sasl }: ConnectionOptions,
): net.Socket {
  const { host, port, onConnect } = target;
  if (settings === undefined) {
    const refusal = sasl && clearTextSecret(sasl.mechanism, host);
    if (refusal !== undefined) throw new Error(refusal);
    return net.connect({ host, port }, onConnect).setKeepAlive(true, KEEP_ALIVE_MS);
  }
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  const socket = tls.connect({ host, port, ...servername, ...settings() }, onConnect);
  return socket.setKeepAlive(true, KEEP_ALIVE_MS);
}

/** kafkajs calls it with each of its disconnects; a socket that is connecting would keep a listener for each. */
function unrefOf(socket: Duplex): () => Duplex {
  const unref = socket instanceof net.Socket ? socket.unref.bind(socket) : undefined;
  let called = false;
  return () => {
    if (!called) unref?.();
    called = true;
    return socket;
  };
}
