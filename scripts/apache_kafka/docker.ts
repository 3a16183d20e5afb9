import { join } from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { runCommand } from '../run_command.js';

const COMPOSE_TIMEOUT_MS = 600_000;

/** Whether a Docker engine answers and Compose is there to use it; a client alone is not enough. */
export async function dockerAnswers(): Promise<boolean> {
  const [engine, compose] = await Promise.all([
    runCommand('docker', ['info'], { timeoutMs: 10_000 }),
    runCommand('docker', ['compose', 'version'], { timeoutMs: 10_000 }),
  ]);
  return engine?.status === 0 && compose?.status === 0;
}

/** What the Compose file fills in. */
export interface ComposeOptions {
  nodes: 1 | 3;
  /** The first node's port on the host; the others follow it. */
  port: number;
}

/**
 * Starts the containers; they do not answer yet.
 * @throws Error with the output of Docker where it fails.
 */
export async function composeUp({ nodes, port }: ComposeOptions): Promise<void> {
  const ids = Array.from({ length: nodes }, (_, index) => index + 1);
  await compose(['up', '--detach', ...ids.map((id) => `kafka-${id}`)], {
    KAFKA_PORT_1: String(port),
    KAFKA_PORT_2: String(port + 1),
    KAFKA_PORT_3: String(port + 2),
    KAFKA_VOTERS: ids.map((id) => `${id}@kafka-${id}:9093`).join(','),
    KAFKA_REPLICAS: String(nodes),
    KAFKA_MIN_INSYNC: nodes === 3 ? '2' : '1',
  });
}

/** The last lines that the containers wrote. */
export function composeLogs(): Promise<string> {
  return compose(['--profile', 'cluster', 'logs', '--tail', '15'], {});
}

/**
 * Stops and removes the containers; their data stays in volumes.
 * @throws Error with the output of Docker where it fails.
 */
export async function composeDown(): Promise<void> {
  await compose(['--profile', 'cluster', 'down'], {});
}

async function compose(
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const root = projectRoot();
  const result = await runCommand(
    'docker',
    ['compose', '-f', join(root, 'docker-compose.kafka.yml'), ...args],
    {
      cwd: root,
      env: { ...process.env, ...variables },
      timeoutMs: COMPOSE_TIMEOUT_MS,
    },
  );
  if (result?.status !== 0)
    throw new Error(`docker compose ${args.join(' ')} failed:\n${result?.output ?? ''}`);
  return result.output;
}
