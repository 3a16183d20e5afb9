import { startKafka } from '../apache_kafka/cluster.js';
import { ensureKafkaJars, KAFKA_VERSION } from '../apache_kafka/jars.js';
import { findJava, MissingToolError } from '../apache_kafka/toolchain.js';
import { CannotRunError, type Prepared } from './leg.js';

/**
 * An Apache Kafka of its own for a leg, which finds it in TEST_KAFKA_BROKERS.
 * @throws CannotRunError where Java or Maven is missing.
 */
export async function prepareKafka(): Promise<Prepared> {
  const cluster = await startKafka().catch(cannotRun);
  return {
    env: { TEST_KAFKA_BROKERS: cluster.brokers.join(',') },
    note: `on Apache Kafka ${KAFKA_VERSION}`,
    release: () => cluster.stop(),
  };
}

/**
 * What tests need that start nodes of Apache Kafka by themselves: Java, and the jars.
 * @throws CannotRunError where Java or Maven is missing.
 */
export async function prepareCluster(): Promise<Prepared> {
  await Promise.all([findJava(), ensureKafkaJars()]).catch(cannotRun);
  return { note: `on nodes of Apache Kafka ${KAFKA_VERSION} of its own` };
}

function cannotRun(error: unknown): never {
  throw error instanceof MissingToolError ? new CannotRunError(error.message) : error;
}
