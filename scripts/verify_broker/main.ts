/**
 * Runs clients that others wrote against the embedded broker, in a process of its own with its durable log,
 * and writes what works into the table of its README. Fails when something does not.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { projectRoot } from '../../config/project_root.js';
import { createKafkajsDriver } from '../../pkg/kafka/index.js';
import { createLogger } from '../../pkg/logger/index.js';
import { freePorts } from '../apache_kafka/ports.js';
import { runCommand } from '../run_command.js';
import { spawnGuarded } from '../guarded_spawn.js';
import { type ClientChecks } from './check.js';
import { javaToolChecks } from './java_tools.js';
import { kcatChecks } from './kcat.js';
import { platformaticChecks } from './platformatic.js';
import { type Outcome, writeTable } from './table.js';

async function verify({ client, checks }: ClientChecks): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const check of checks) {
    const { what } = check;
    const failure = await check.run().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    process.stdout.write(
      `${failure === undefined ? 'works ' : 'FAILS '} ${client}: ${what}${failure ? `: ${failure}` : ''}\n`,
    );
    outcomes.push({ client, what, ...(failure === undefined ? {} : { failure }) });
  }
  return outcomes;
}

/** kcat comes from the system's packages, so it may be missing on a developer's machine, but not in CI. */
async function verifyKcat(): Promise<Outcome[]> {
  if ((await runCommand('kcat', ['-V'])) === undefined) {
    const failure = 'kcat is not installed (Debian: apt-get install kcat)';
    process.stdout.write(`skipped: ${failure}\n`);
    return process.env['CI'] === 'true' ? [{ client: 'kcat', what: 'all of it', failure }] : [];
  }
  return verify(await kcatChecks(address));
}

async function untilItAnswers(): Promise<void> {
  const logger = createLogger({ name: 'verify', level: 'error', format: 'auto' });
  const driver = createKafkajsDriver({ brokers: [address], clientId: 'verify', logger });
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await driver.ping(1_000);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(100);
  }
}

const START_TIMEOUT_MS = 30_000;
const root = projectRoot();
const data = await mkdtemp(join(tmpdir(), 'verify-broker-'));
const [port] = await freePorts(1);
const address = `127.0.0.1:${String(port)}`;
const broker = spawnGuarded(
  process.execPath,
  [
    join(root, 'node_modules/tsx/dist/cli.mjs'),
    join(root, 'cmd/broker/main.ts'),
    '--port',
    String(port),
    '--data',
    data,
  ],
  { output: 'ignore', cwd: root },
);
try {
  await untilItAnswers();
  const outcomes = [
    ...(await verifyKcat()),
    ...(await verify(platformaticChecks(address))),
    ...(await verify(await javaToolChecks(address))),
  ];
  await writeTable(join(root, 'pkg/devbroker/README.md'), outcomes);
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  process.stdout.write(`${outcomes.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
} finally {
  broker.kill();
  await rm(data, { recursive: true, force: true });
}
