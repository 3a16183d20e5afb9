import { isIP } from 'node:net';
import { connect } from 'node:tls';
import {
  createKafkajsDriver,
  KafkaAdmin,
  KafkaManager,
  type KafkaDriver,
  type SaslOptions,
  type SocketFactory,
  type TlsOptions,
} from '../../../../pkg/kafka/index.js';
import type { Logger } from '../../../../pkg/logger/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { LogBook } from '../../../support/log.js';

/** Makes connections over TLS, and knows how long each lived. */
export class WatchedSockets {
  /** Milliseconds from the making to the end of each that has ended. */
  readonly lifetimes: number[] = [];
  made = 0;

  constructor(private readonly ca: string) {}

  readonly open: SocketFactory = ({ host, port, onConnect }) => {
    const began = performance.now();
    this.made += 1;
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ host, port, ca: this.ca, ...name }, onConnect);
    return socket.once('close', () => this.lifetimes.push(performance.now() - began));
  };
}

/** How a client of the tests connects. */
export interface ClientSecurity {
  readonly tls?: TlsOptions;
  readonly sasl?: SaslOptions;
}

/** A driver for one address, and what it logs. A socket factory replaces `tls`. */
export function openSecured(
  broker: string,
  security: ClientSecurity & { readonly socketFactory?: SocketFactory },
): { driver: KafkaDriver; log: LogBook & Logger } {
  const log: LogBook & Logger = Object.assign(new LogBook(), { child: () => log });
  const driver = createKafkajsDriver({ brokers: [broker], clientId: 'secured', logger: log, ...security });
  return { driver, log };
}

/**
 * Has a client of this kind make a topic, send a message and consume it in a group.
 * @returns the messages that it got
 */
export async function roundTrip(broker: string, security: ClientSecurity): Promise<string[]> {
  const { driver } = openSecured(broker, security);
  const topic = uniqueName('secured');
  const manager = new KafkaManager(driver, { consumer: { sessionTimeoutMs: 6_000 } });
  const got: string[] = [];
  try {
    await manager.ping();
    await new KafkaAdmin(driver).ensureTopics([{ topic, partitions: 1, replicationFactor: 1 }]);
    manager.addConsumer(topic, uniqueName('group'), async ({ value }) => {
      got.push(String(value));
    });
    await manager.startAllConsumers();
    await manager.sendMessage(topic, 'key', 'hello');
    await eventually(() => got.length > 0);
  } finally {
    await manager.close();
  }
  return got;
}
