import { type KafkaDriver } from '../driver.js';
import { createAdmin, ping } from './admin.js';
import type { ConnectionOptions } from './client.js';
import { createConsumer } from './consumer.js';
import { createProducer } from './producer.js';
import { applyFetchPatch } from './fetch_patch.js';
import { applyTimerPatch } from './timer_patch.js';

/** The {@link KafkaDriver} over kafkajs 2.2.4. Nothing is connected before a client is used. */
export function createKafkajsDriver(options: ConnectionOptions): KafkaDriver {
  if (!applyTimerPatch()) {
    options.logger.warn('kafkajs is not the version that this package patches; idle clients cost CPU');
  }
  applyFetchPatch();
  return {
    brokers: options.brokers,
    producer: () => createProducer(options),
    consumer: (settings, listener) => createConsumer({ connection: options, settings, listener }),
    admin: createAdmin(options),
    ping: (timeoutMs) => ping(options, timeoutMs),
  };
}
