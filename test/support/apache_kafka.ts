import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { startKafka, type KafkaCluster, type StartKafkaOptions } from '../../scripts/apache_kafka/cluster.js';

const running = new Set<KafkaCluster>();
const logDirs = new Set<string>();

/**
 * Starts Apache Kafka for a test. The logs of the nodes stay in .data/kafka/test_logs/<name> until the next run,
 * and where a test fails their place is printed. What a test does not stop is stopped after the last one.
 */
export async function startTestKafka(name: string, options: StartKafkaOptions = {}): Promise<KafkaCluster> {
  const logDir = join(projectRoot(), '.data', 'kafka', 'test_logs', name);
  await rm(logDir, { recursive: true, force: true });
  logDirs.add(logDir);
  const cluster = await startKafka({ ...options, logDir });
  running.add(cluster);
  return {
    ...cluster,
    stop: async () => {
      running.delete(cluster);
      await cluster.stop();
    },
  };
}

// At the top level these belong to mocha's root suite.
afterEach(function () {
  if (this.currentTest?.state !== 'failed' || logDirs.size === 0) return;
  console.log(`      logs of Apache Kafka: ${[...logDirs].join(' ')}`);
});
after(async function () {
  this.timeout(60_000);
  await Promise.all([...running].map((cluster) => cluster.stop()));
});
