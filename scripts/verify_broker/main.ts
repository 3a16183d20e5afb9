/**
 * Runs clients that others wrote against the embedded broker, in a process of its own with its durable log,
 * and writes what works into the table of its README. Fails when something does not.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { type BrokerProgram, startBrokerProgram } from '../broker_program.js';
import { javaToolChecks } from './java_tools.js';
import { kcatChecks } from './kcat.js';
import { platformaticChecks } from './platformatic.js';
import { writeTable } from './table.js';
import { type Client, verifyClients } from './verify.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const clientsOf = (broker: string): Client[] => [
  {
    name: 'kcat',
    open: () => kcatChecks(broker, data),
    // It comes from the system's packages, so it may be missing on a developer's machine, but not in CI.
    mayBeMissing: process.env['CI'] !== 'true',
  },
  {
    name: '@platformatic/kafka',
    open: () => Promise.resolve(platformaticChecks(broker)),
    mayBeMissing: false,
  },
  { name: 'Apache Kafka tools', open: () => javaToolChecks(broker), mayBeMissing: false },
];

const root = projectRoot();
const data = await mkdtemp(join(tmpdir(), 'verify-broker-'));
let broker: BrokerProgram | undefined;
try {
  broker = await startBrokerProgram(root, ['--data', data]);
  const { outcomes, complete } = await verifyClients(clientsOf(broker.address), print);
  if (complete) await writeTable(join(root, 'pkg/devbroker/README.md'), outcomes);
  else print('The table of pkg/devbroker/README.md stays as it was: not every client is on this machine.');
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  print(`${outcomes.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
} finally {
  await broker?.stop();
  await rm(data, { recursive: true, force: true });
}
