import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { prepareBrowser } from './browser_leg.js';
import { prepareCluster, prepareKafka } from './kafka_leg.js';
import { type Leg, type Prepared } from './leg.js';
import { prepareNode } from './node_versions.js';

const NODE_MAJORS = [22, 24];

const modules = (...path: string[]): string => join('node_modules', ...path);

/** Test runs use embedded parts, whatever the user's shell points at. */
const EMBEDDED = {
  KAFKA_BROKERS: undefined,
  TEST_KAFKA_BROKERS: undefined,
  DATABASE_URL: undefined,
  SCHEMA_REGISTRY_URL: undefined,
};

/** Tests that start programs, and so take seconds. */
const PROGRAMS = ['cmd', 'lint', 'scripts'];

/** Folders of tests that are legs of their own, or belong to other commands. */
const NOT_UNIT = [
  'contract',
  'faults',
  'apache',
  'examples',
  'bench',
  'browser',
  'template',
  'docs',
  ...PROGRAMS,
];

/** ONLY=drop: the tests of the template whose names say so. */
const { ONLY = '' } = process.env;

/** Fault suites by themselves: many short programs, and rates that other load would disturb. */
const GUARDS = 'dist/test/pkg/kafka/faults/guards_out.test.js';
const HELD_UP = 'dist/test/pkg/kafka/faults/held_up.test.js';
/** It waits nearly all the time. */
const FAULTS_OF_NETWORK = 'dist/test/pkg/kafka/faults/network.test.js';

const TEMPLATE = 'dist/test/template/**/*.test.js';
/** Takes as long as all others of the template. */
const BARE_AND_NEW = 'dist/test/template/bare_and_new.test.js';

const CONTRACT = 'dist/test/**/contract/**/*.test.js';
const CONTRACT_OF_PACKAGES = 'dist/test/pkg/**/contract/**/*.test.js';
/** Those that tell the embedded broker to have faults. */
const CONTRACT_FAULTS = 'dist/test/pkg/**/contract/*_faults.test.js';

const SUITES: Readonly<Record<string, readonly string[]>> = {
  unit: ['dist/test/**/*.test.js', ...NOT_UNIT.flatMap((name) => ['--ignore', `dist/test/**/${name}/**`])],
  // In three legs, which run at the same time: most of it is waiting.
  contract: [CONTRACT_OF_PACKAGES, '--ignore', CONTRACT_FAULTS],
  'contract-faults': [CONTRACT_FAULTS],
  'contract-service': [CONTRACT, '--ignore', CONTRACT_OF_PACKAGES],
  programs: [
    ...PROGRAMS.map((name) => `dist/test/${name}/**/*.test.js`),
    ...['--ignore', 'dist/test/**/faults/**'],
  ],
  examples: ['dist/test/examples/**/*.test.js'],
  faults: [
    'dist/test/**/faults/**/*.test.js',
    ...[GUARDS, HELD_UP, FAULTS_OF_NETWORK].flatMap((file) => ['--ignore', file]),
  ],
  'faults-network': [FAULTS_OF_NETWORK],
  guards: [GUARDS],
  'held-up': [HELD_UP],
  failover: ['dist/test/**/apache/{failover,outage}.test.js'],
  network: ['dist/test/**/apache/network.test.js'],
  security: [
    'dist/test/**/apache/**/*.test.js',
    ...['--ignore', 'dist/test/**/apache/{failover,outage,network}.test.js'],
  ],
  browser: ['dist/test/browser/**/*.test.js'],
  docs: ['dist/test/docs/**/*.test.js'],
  template: [TEMPLATE, '--ignore', BARE_AND_NEW],
  'template-bare': [BARE_AND_NEW],
  'template-only': [TEMPLATE, '--grep', ONLY],
};

/**
 * In CI, what fails on real brokers, sockets and programs is tried once more, as they share a machine with unknown
 * others, and is named as flaky. Unit tests depend on nothing of that kind, and what a developer runs shows all.
 */
const retries = (name: string): readonly string[] =>
  process.env['CI'] === 'true' && name !== 'unit' ? ['--retries', '1'] : [];

const isThere = (...path: string[]): boolean => existsSync(join(projectRoot(), ...path));

/** They run at the same time where they may; the longest first. */
const CONTRACTS = ['contract-faults', 'contract-service', 'contract'];
/** What `make test` and the other Node.js versions run; the fault suites take as long as ROUNDS asks for. */
const QUICK_SUITES = [
  'unit',
  'programs',
  // Without the embedded broker they need brokers from elsewhere, as of `make test-kafka`.
  ...(isThere('pkg', 'devbroker') ? CONTRACTS : []),
  ...(isThere('test', 'examples') ? ['examples'] : []),
];
const TEMPLATE_TIMEOUT_MS = 1_800_000;
const FAULTS_TIMEOUT_MS = 4 * 3_600_000;
/** With the long variants of its tests, which ROUNDS asks for. */
const LONG_NETWORK_TIMEOUT_MS = 1_800_000;

const exits = (name: string, args: readonly string[]): Leg => ({ name, args, counts: 'exit' });

function suite(name: string, leg: string, prepare?: () => Promise<Prepared>): Leg {
  const mocha = [modules('mocha', 'bin', 'mocha.js'), '--reporter', 'dist/scripts/legs/counting_reporter.js'];
  return {
    name: leg,
    args: [...mocha, ...retries(name), ...(SUITES[name] ?? [])],
    counts: 'tests',
    needs: 'build',
    prepare: async () => {
      const prepared = (await prepare?.()) ?? {};
      return { ...prepared, env: { ...EMBEDDED, ...prepared.env } };
    },
  };
}

/** A stale build would keep tests of deleted sources alive. */
async function withoutOldBuild(): Promise<Prepared> {
  await rm(join(projectRoot(), 'dist'), { recursive: true, force: true });
  return {};
}

/** Every leg there is. */
export const LEGS: readonly Leg[] = [
  exits('eslint', [modules('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.']),
  exits('prettier', [modules('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']),
  exits('layers', [modules('tsx', 'dist', 'cli.mjs'), 'scripts/lint_layers.ts']),
  exits('knip', [modules('knip', 'bin', 'knip.js')]),
  {
    ...exits('build', [modules('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']),
    // Most others wait for it: nothing is to slow it down.
    alone: true,
    prepare: withoutOldBuild,
  },
  ...QUICK_SUITES.map((name) => suite(name, name)),
  { ...suite('held-up', 'held-up'), alone: true },
  suite('guards', 'guards'),
  { ...suite('faults', 'faults'), timeoutMs: FAULTS_TIMEOUT_MS },
  { ...suite('faults-network', 'faults-network'), timeoutMs: FAULTS_TIMEOUT_MS },
  suite('contract', 'contract-kafka', prepareKafka),
  suite('contract-service', 'contract-service-kafka', prepareKafka),
  suite('security', 'kafka-security', prepareCluster),
  { ...suite('network', 'kafka-network', prepareCluster), timeoutMs: LONG_NETWORK_TIMEOUT_MS },
  { ...suite('failover', 'kafka-failover', prepareCluster), alone: true },
  suite('browser', 'browser', prepareBrowser),
  { ...suite('docs', 'docs'), alone: true },
  ...['template-bare', 'template', 'template-only'].map((name) => ({
    ...suite(name, name),
    timeoutMs: TEMPLATE_TIMEOUT_MS,
  })),
  ...NODE_MAJORS.flatMap((major) =>
    QUICK_SUITES.map((name) => suite(name, `${name}-node-${major}`, () => prepareNode(major))),
  ),
];

/** The commands of the Makefile, by the legs that they run, in order; the longest early, as some run at once. */
export const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  lint: ['eslint', 'prettier', 'layers', 'knip'],
  test: [
    ...['build', ...CONTRACTS, 'programs', 'eslint'],
    ...['unit', 'examples', 'prettier', 'layers', 'knip'],
  ].filter((name) => !(name in SUITES) || QUICK_SUITES.includes(name)),
  'test-faults': ['build', 'held-up', 'faults', 'faults-network', 'guards'],
  'test-unit': ['build', 'unit'],
  'test-contract': ['build', ...CONTRACTS],
  'test-kafka': [
    ...['build', 'kafka-network', 'contract-kafka', 'kafka-security', 'contract-service-kafka'],
    'kafka-failover',
  ],
  'test-browser': ['build', 'browser'],
  'test-docs': ['build', 'docs'],
  ...(isThere('test', 'template')
    ? { 'test-template': ['build', ...(ONLY === '' ? ['template-bare', 'template'] : ['template-only'])] }
    : {}),
  'test-node': [
    'build',
    ...NODE_MAJORS.flatMap((major) => QUICK_SUITES.map((name) => `${name}-node-${major}`)),
  ],
};
