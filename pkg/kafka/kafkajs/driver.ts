import type { Logger } from '../../logger/index.js';
import { type KafkaDriver, type SocketFactory } from '../driver.js';
import { AccessReport } from '../security/access_report.js';
import type { SaslOptions } from '../security/sasl.js';
import { tlsSettings, type TlsOptions } from '../security/tls.js';
import { createAdmin } from './admin.js';
import type { ConnectionOptions } from './client.js';
import { applyConnectionPatch } from './connection_patch.js';
import { createConsumer } from './consumer.js';
import { assertKnownVersion } from './internals.js';
import { createProducer } from './producer.js';
import { applyFetchPatch } from './fetch_patch.js';
import { createPing } from './ping.js';
import { createReader } from './reader.js';
import { applySessionPatch } from './session_patch.js';
import { SilentNodes } from './silent_nodes.js';
import { applySilencePatch } from './silence_patch.js';
import { applyTimerPatch } from './timer_patch.js';

/** Where and how to connect. */
export interface KafkajsDriverOptions {
  /** Bootstrap addresses, `host:port` each. */
  readonly brokers: readonly string[];
  /** Shown in the broker's logs and quotas. */
  readonly clientId: string;
  readonly logger: Logger;
  /** Encrypts; without it nothing is. Replaced certificate files are used from the next connection on. */
  readonly tls?: TlsOptions | undefined;
  readonly sasl?: SaslOptions | undefined;
  /** Replaces TCP, for example by in-memory streams to an embedded broker. `tls` does not apply then. */
  readonly socketFactory?: SocketFactory;
}

/**
 * The {@link KafkaDriver} over kafkajs 2.2.4. Nothing is connected before a client is used.
 * @throws Error when another version of kafkajs is installed; TlsFilesUnusable
 */
export function createKafkajsDriver({ tls, ...rest }: KafkajsDriverOptions): KafkaDriver {
  assertKnownVersion();
  applyTimerPatch();
  applyConnectionPatch();
  applySessionPatch();
  applyFetchPatch();
  applySilencePatch();
  const access = new AccessReport(rest.logger);
  const options: ConnectionOptions = {
    ...rest,
    tls: tls === undefined ? undefined : tlsSettings(tls, rest.logger),
    access,
    silent: new SilentNodes(),
  };
  return {
    brokers: options.brokers,
    access,
    producer: () => createProducer(options),
    consumer: (settings, listener) => createConsumer({ connection: options, settings, listener }),
    reader: () => createReader(options),
    admin: createAdmin(options),
    ping: createPing(options),
  };
}
