import {
  createKafkajsDriver,
  KafkaAdmin,
  KafkaManager,
  type KafkaDriver,
  type SaslOptions,
  type TlsOptions,
} from '../../../../pkg/kafka/index.js';
import type { Logger } from '../../../../pkg/logger/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { LogBook } from '../../../support/log.js';

/** How a client of the tests connects. */
export interface ClientSecurity {
  readonly tls?: TlsOptions;
  readonly sasl?: SaslOptions;
}

/** A driver for one address, and what it logs. */
export function openSecured(broker: string, security: ClientSecurity): { driver: KafkaDriver; log: LogBook } {
  const log = new LogBook();
  const logger: Logger = Object.assign(log, { child: () => logger });
  return {
    driver: createKafkajsDriver({ brokers: [broker], clientId: 'secured', logger, ...security }),
    log,
  };
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
