/**
 * Runs clients that others wrote against the embedded broker, in a process of its own with its durable log,
 * and writes what works into the table of its README. Fails when something does not.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { runCommand } from '../run_command.js';
import { startBrokerProgram } from '../broker_program.js';
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
      `${failure === undefined ? 'works ' : 'FAILED'} ${client}: ${what}${failure ? `: ${failure}` : ''}\n`,
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
  return verify(await kcatChecks(address, data));
}

const root = projectRoot();
const data = await mkdtemp(join(tmpdir(), 'verify-broker-'));
const broker = await startBrokerProgram(root, ['--data', data]);
const { address } = broker;
try {
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
  broker.stop();
  await rm(data, { recursive: true, force: true });
}
