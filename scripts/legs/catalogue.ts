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

/** ONLY=drop: the tests whose names say so. */
function selected(): string[] {
  const { ONLY } = process.env;
  return ONLY === undefined || ONLY === '' ? [] : ['--grep', ONLY];
}

/** Fault suites by themselves: many short programs, and rates that other load would disturb. */
const GUARDS = 'dist/test/pkg/kafka/faults/guards_out.test.js';
const HELD_UP = 'dist/test/pkg/kafka/faults/held_up.test.js';

const CONTRACT = 'dist/test/**/contract/**/*.test.js';
const CONTRACT_OF_PACKAGES = 'dist/test/pkg/**/contract/**/*.test.js';

const SUITES: Readonly<Record<string, readonly string[]>> = {
  unit: ['dist/test/**/*.test.js', ...NOT_UNIT.flatMap((name) => ['--ignore', `dist/test/**/${name}/**`])],
  contract: [CONTRACT_OF_PACKAGES],
  // In two legs, which run at the same time: most of it is waiting.
  'contract-service': [CONTRACT, '--ignore', CONTRACT_OF_PACKAGES],
  'contract-all': [CONTRACT],
  programs: [
    ...PROGRAMS.map((name) => `dist/test/${name}/**/*.test.js`),
    ...['--ignore', 'dist/test/**/faults/**'],
  ],
  examples: ['dist/test/examples/**/*.test.js'],
  faults: ['dist/test/**/faults/**/*.test.js', ...[GUARDS, HELD_UP].flatMap((file) => ['--ignore', file])],
  guards: [GUARDS],
  'held-up': [HELD_UP],
  apache: ['dist/test/**/apache/**/*.test.js'],
  browser: ['dist/test/browser/**/*.test.js'],
  docs: ['dist/test/docs/**/*.test.js'],
  template: ['dist/test/template/**/*.test.js', ...selected()],
};

const isThere = (...path: string[]): boolean => existsSync(join(projectRoot(), ...path));

/** What `make test` and the other Node.js versions run; the fault suites take as long as ROUNDS asks for. */
const QUICK_SUITES = [
  'unit',
  'programs',
  // Without the embedded broker they need brokers from elsewhere, as of `make test-kafka`.
  ...(isThere('pkg', 'devbroker') ? ['contract', 'contract-service'] : []),
  ...(isThere('test', 'examples') ? ['examples'] : []),
];
const TEMPLATE_TIMEOUT_MS = 1_800_000;
const FAULTS_TIMEOUT_MS = 4 * 3_600_000;
/** Without the long ones it takes eight minutes on two cores that are shared. */
const CLUSTER_TIMEOUT_MS = 900_000;
const LONG_CLUSTER_TIMEOUT_MS = 1_800_000;

const exits = (name: string, args: readonly string[]): Leg => ({ name, args, counts: 'exit' });

function suite(name: string, leg: string, prepare?: () => Promise<Prepared>): Leg {
  const mocha = [modules('mocha', 'bin', 'mocha.js'), '--reporter', 'dist/scripts/legs/counting_reporter.js'];
  return {
    name: leg,
    args: [...mocha, ...(SUITES[name] ?? [])],
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
    prepare: withoutOldBuild,
  },
  ...QUICK_SUITES.map((name) => suite(name, name)),
  { ...suite('held-up', 'held-up'), alone: true },
  suite('guards', 'guards'),
  { ...suite('faults', 'faults'), timeoutMs: FAULTS_TIMEOUT_MS },
  { ...suite('contract-all', 'contract-kafka', prepareKafka), alone: true },
  {
    ...suite('apache', 'kafka-cluster', prepareCluster),
    timeoutMs: Number(process.env['ROUNDS'] ?? 1) > 1 ? LONG_CLUSTER_TIMEOUT_MS : CLUSTER_TIMEOUT_MS,
    alone: true,
  },
  suite('browser', 'browser', prepareBrowser),
  { ...suite('docs', 'docs'), alone: true },
  { ...suite('template', 'template'), timeoutMs: TEMPLATE_TIMEOUT_MS, alone: true },
  ...NODE_MAJORS.flatMap((major) =>
    QUICK_SUITES.map((name) => suite(name, `${name}-node-${major}`, () => prepareNode(major))),
  ),
];

/** The commands of the Makefile, by the legs that they run, in order; the longest early, as two run at once. */
export const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  lint: ['eslint', 'prettier', 'layers', 'knip'],
  test: [
    ...['build', 'contract', 'contract-service', 'programs', 'eslint'],
    ...['unit', 'examples', 'prettier', 'layers', 'knip'],
  ].filter((name) => !(name in SUITES) || QUICK_SUITES.includes(name)),
  'test-faults': ['build', 'held-up', 'faults', 'guards'],
  'test-unit': ['build', 'unit'],
  'test-contract': ['build', 'contract', 'contract-service'],
  'test-kafka': ['build', 'contract-kafka', 'kafka-cluster'],
  'test-browser': ['build', 'browser'],
  'test-docs': ['build', 'docs'],
  ...(isThere('test', 'template') ? { 'test-template': ['build', 'template'] } : {}),
  'test-node': [
    'build',
    ...NODE_MAJORS.flatMap((major) => QUICK_SUITES.map((name) => `${name}-node-${major}`)),
  ],
};
