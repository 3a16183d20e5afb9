import { type KafkaDriver } from '../driver.js';
import { createAdmin } from './admin.js';
import { ping } from './admin_client.js';
import type { ConnectionOptions } from './client.js';
import { applyConnectionPatch } from './connection_patch.js';
import { registerCodecs } from './codecs.js';
import { createConsumer } from './consumer.js';
import { assertKnownVersion } from './internals.js';
import { createProducer } from './producer.js';
import { applyFetchPatch } from './fetch_patch.js';
import { createReader } from './reader.js';
import { applyTimerPatch } from './timer_patch.js';

/**
 * The {@link KafkaDriver} over kafkajs 2.2.4. Nothing is connected before a client is used.
 * @throws Error when another version of kafkajs is installed
 */
export function createKafkajsDriver(options: ConnectionOptions): KafkaDriver {
  assertKnownVersion();
  applyTimerPatch();
  applyConnectionPatch();
  applyFetchPatch();
  registerCodecs();
  return {
    brokers: options.brokers,
    producer: () => createProducer(options),
    consumer: (settings, listener) => createConsumer({ connection: options, settings, listener }),
    reader: () => createReader(options),
    admin: createAdmin(options),
    ping: (timeoutMs) => ping(options, timeoutMs),
  };
}
