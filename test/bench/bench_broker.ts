import { startBrokerProcess } from '../../pkg/devbroker/index.js';

const MEBIBYTE = 1_048_576;

/** The broker of a run. */
export interface BenchBroker {
  readonly name: string;
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

/** The brokers that the environment names, or the embedded one in a process of its own. */
export async function openBroker(env: NodeJS.ProcessEnv): Promise<BenchBroker> {
  const external = env['KAFKA_BROKERS'];
  if (external !== undefined && external !== '') {
    const name = env['BROKER'] ?? external;
    return { name, brokers: external.split(','), stop: () => Promise.resolve() };
  }
  const { brokers, stop } = await startBrokerProcess({
    partitionBytes: 64 * MEBIBYTE,
    totalBytes: 1_024 * MEBIBYTE,
  });
  return { name: 'the embedded broker', brokers, stop };
}
