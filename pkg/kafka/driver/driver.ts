import type { Duplex } from 'node:stream';
import type { AccessReport } from '../security/access_report.js';
import type { DriverAdmin } from './admin.js';
import type { DriverConsumer, DriverConsumerListener, DriverConsumerOptions } from './consumer.js';
import type { DriverProducer } from './producer.js';
import type { DriverReader } from './reader.js';

/**
 * The port between this package and a Kafka client. Everything above it (coalescing, offset tracking,
 * retry, supervision) is written once; a second client needs only this interface.
 */
export interface KafkaDriver {
  /** Bootstrap addresses, `host:port` each. */
  readonly brokers: readonly string[];
  /** Says in the log what brokers do not let this client do, whichever of its parts finds it. */
  readonly access: Pick<AccessReport, 'failed'>;
  producer(): DriverProducer;
  consumer(options: DriverConsumerOptions, listener: DriverConsumerListener): DriverConsumer;
  reader(): DriverReader;
  readonly admin: DriverAdmin;
  /**
   * Resolves when one broker answered a metadata request within `timeoutMs`.
   * @throws DriverError with the reason of the last attempt.
   */
  ping(timeoutMs: number): Promise<void>;
}

/** Opens the byte stream to a broker; `onConnect` must be called once it can be written to. */
export type SocketFactory = (address: { host: string; port: number; onConnect: () => void }) => Duplex;
