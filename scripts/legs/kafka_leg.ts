import { startKafka } from '../apache_kafka/cluster.js';
import { KAFKA_VERSION } from '../apache_kafka/jars.js';
import { MissingToolError } from '../apache_kafka/toolchain.js';
import { CannotRunError, type Prepared } from './leg.js';

/**
 * An Apache Kafka of its own for a leg, which finds it in TEST_KAFKA_BROKERS.
 * @throws CannotRunError where Java or Maven is missing.
 */
export async function prepareKafka(): Promise<Prepared> {
  const cluster = await startKafka().catch((error: unknown) => {
    throw error instanceof MissingToolError ? new CannotRunError(error.message) : error;
  });
  return {
    env: { TEST_KAFKA_BROKERS: cluster.brokers.join(',') },
    note: `on Apache Kafka ${KAFKA_VERSION}`,
    release: () => cluster.stop(),
  };
}
