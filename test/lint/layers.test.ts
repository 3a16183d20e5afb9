import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { lintLayers } from '../../scripts/lint_layers.js';

/** A folder with these files, and with packages to import. */
function makeTree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'layers-'));
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  };
  const dependencies = ['express', 'inversify', 'kysely', 'zod'];
  for (const name of [...dependencies, 'sinon']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, 'export {};');
  }
  write(
    'package.json',
    JSON.stringify({
      type: 'module',
      dependencies: Object.fromEntries(dependencies.map((name) => [name, '1.0.0'])),
      devDependencies: { sinon: '1.0.0' },
    }),
  );
  for (const [name, text] of Object.entries(files)) write(name, text);
  return root;
}

/** One file that imports these modules, given by their path from the root or by their package's name. */
function importing(from: string, ...targets: readonly string[]): string {
  return targets
    .map((target) => {
      const local = /^(cmd|config|examples|internal|pkg|scripts|test)\//.test(target);
      const relative = path.relative(path.dirname(from), target).replace(/\.ts$/, '.js');
      return `import ${JSON.stringify(local ? (relative.startsWith('.') ? relative : `./${relative}`) : target)};`;
    })
    .join('\n');
}

/** What the matrix allows, each row with all it may import. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'cmd/app/main.ts': [
    'internal/app/container.ts',
    'config/config.ts',
    'pkg/kafka/index.ts',
    'cmd/app/args.ts',
  ],
  'cmd/app/args.ts': ['node:util'],
  'examples/demo.ts': ['internal/app/container.ts', 'config/config.ts', 'pkg/kafka/index.ts'],
  'internal/app/container.ts': [
    'internal/app/lifecycle.ts',
    'internal/controller/http/router.ts',
    'internal/usecase/tasks/tasks.ts',
    'internal/repo/persistent/tasks.ts',
    'internal/repo/webapi/client.ts',
    'internal/entity/task.ts',
    'config/config.ts',
    'pkg/kafka/index.ts',
    'inversify',
  ],
  'internal/app/lifecycle.ts': ['node:process'],
  'internal/controller/http/router.ts': [
    'internal/usecase/contracts.ts',
    'internal/entity/task.ts',
    'internal/controller/event/tasks.ts',
    'pkg/kafka/index.ts',
    'express',
    'zod',
    'node:crypto',
  ],
  'internal/controller/event/tasks.ts': [],
  'internal/usecase/contracts.ts': ['internal/entity/task.ts'],
  'internal/usecase/tasks/tasks.ts': [
    'internal/usecase/contracts.ts',
    'internal/usecase/tasks/rules.ts',
    'internal/repo/contracts.ts',
    'internal/entity/task.ts',
    'inversify',
  ],
  'internal/usecase/tasks/rules.ts': [],
  'internal/usecase/users/users.ts': ['internal/usecase/contracts.ts'],
  'internal/repo/contracts.ts': ['internal/entity/task.ts'],
  'internal/repo/persistent/tasks.ts': [
    'internal/repo/contracts.ts',
    'internal/repo/persistent/topics.ts',
    'internal/entity/task.ts',
    'pkg/kafka/index.ts',
    'kysely',
    'node:fs',
  ],
  'internal/repo/persistent/topics.ts': [],
  'internal/repo/webapi/client.ts': ['internal/repo/contracts.ts'],
  'internal/entity/task.ts': ['zod', 'pkg/events/index.ts', 'internal/entity/user.ts'],
  'internal/entity/user.ts': [],
  'pkg/events/index.ts': ['pkg/events/codec.ts'],
  'pkg/events/codec.ts': ['pkg/kafka/index.ts', 'zod'],
  'pkg/kafka/index.ts': ['pkg/kafka/producer.ts'],
  'pkg/kafka/producer.ts': ['node:stream'],
  'pkg/devbroker/index.ts': ['node:net', 'pkg/devbroker/log.ts'],
  'pkg/devbroker/log.ts': [],
  'config/config.ts': [
    'config/schema.ts',
    'pkg/config/index.ts',
    'pkg/kafka_settings/index.ts',
    'pkg/program/index.ts',
    'node:fs',
  ],
  'config/schema.ts': ['zod'],
  'pkg/config/index.ts': ['pkg/config/layer.ts'],
  'pkg/config/layer.ts': [],
  'pkg/kafka_settings/index.ts': ['pkg/config/index.ts'],
  'pkg/program/index.ts': [],
  'scripts/lint.ts': ['internal/app/container.ts', 'sinon'],
  'test/all.test.ts': [
    'cmd/app/args.ts',
    'internal/repo/persistent/tasks.ts',
    'pkg/kafka/producer.ts',
    'scripts/lint.ts',
    'sinon',
  ],
};

/** What it does not: [rule, importing file, imported module]. */
const FORBIDDEN: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['cmd-starts-the-app', 'cmd/app/main.ts', 'internal/usecase/contracts.ts'],
  ['cmd-starts-the-app', 'cmd/app/main.ts', 'internal/entity/task.ts'],
  ['cmd-starts-the-app', 'cmd/cli/main.ts', 'cmd/app/args.ts'],
  ['examples-use-the-app', 'examples/demo.ts', 'internal/repo/persistent/tasks.ts'],
  ['examples-use-the-app', 'examples/demo.ts', 'cmd/app/args.ts'],
  ['app-composes', 'internal/app/container.ts', 'cmd/app/args.ts'],
  ['controller-drives-use-cases', 'internal/controller/http/router.ts', 'internal/usecase/tasks/tasks.ts'],
  ['controller-drives-use-cases', 'internal/controller/http/router.ts', 'internal/repo/contracts.ts'],
  ['controller-drives-use-cases', 'internal/controller/http/router.ts', 'internal/app/lifecycle.ts'],
  ['controller-drives-use-cases', 'internal/controller/http/router.ts', 'config/config.ts'],
  ['controller-drives-use-cases', 'internal/controller/http/router.ts', 'kysely'],
  ['usecase-knows-ports-only', 'internal/usecase/tasks/tasks.ts', 'internal/repo/persistent/topics.ts'],
  ['usecase-knows-ports-only', 'internal/usecase/tasks/tasks.ts', 'internal/usecase/users/users.ts'],
  ['usecase-knows-ports-only', 'internal/usecase/tasks/tasks.ts', 'internal/controller/event/tasks.ts'],
  ['usecase-knows-ports-only', 'internal/usecase/tasks/tasks.ts', 'pkg/kafka/index.ts'],
  ['usecase-knows-ports-only', 'internal/usecase/tasks/tasks.ts', 'config/schema.ts'],
  ['usecase-knows-ports-only', 'internal/usecase/tasks/tasks.ts', 'zod'],
  ['usecase-knows-ports-only', 'internal/usecase/tasks/tasks.ts', 'node:fs'],
  ['usecase-knows-ports-only', 'internal/usecase/flat.ts', 'internal/usecase/tasks/rules.ts'],
  ['entity-depends-on-nothing', 'internal/entity/user.ts', 'internal/usecase/contracts.ts'],
  ['entity-depends-on-nothing', 'internal/entity/user.ts', 'pkg/kafka/index.ts'],
  ['entity-depends-on-nothing', 'internal/entity/user.ts', 'inversify'],
  ['entity-depends-on-nothing', 'internal/entity/user.ts', 'node:crypto'],
  ['repo-implements-ports', 'internal/repo/persistent/tasks.ts', 'internal/usecase/contracts.ts'],
  ['repo-implements-ports', 'internal/repo/persistent/tasks.ts', 'internal/repo/webapi/client.ts'],
  ['repo-implements-ports', 'internal/repo/persistent/tasks.ts', 'config/config.ts'],
  ['pkg-knows-no-service', 'pkg/kafka/producer.ts', 'internal/entity/user.ts'],
  ['pkg-knows-no-service', 'pkg/kafka/producer.ts', 'config/schema.ts'],
  ['config-stands-alone', 'config/schema.ts', 'pkg/kafka/index.ts'],
  ['packages-by-their-index', 'config/schema.ts', 'pkg/config/layer.ts'],
  ['pkg-by-its-index', 'pkg/events/codec.ts', 'pkg/kafka/producer.ts'],
  ['packages-by-their-index', 'internal/repo/persistent/tasks.ts', 'pkg/kafka/producer.ts'],
  ['devbroker-on-node-alone', 'pkg/devbroker/log.ts', 'zod'],
  ['devbroker-on-node-alone', 'pkg/devbroker/log.ts', 'pkg/kafka/index.ts'],
  ['no-tests-in-programs', 'pkg/kafka/producer.ts', 'test/support/clock.ts'],
  ['no-tests-in-programs', 'internal/app/container.ts', 'scripts/lint.ts'],
  ['no-dev-dependency-in-sources', 'pkg/kafka/producer.ts', 'sinon'],
  ['could-not-resolve', 'pkg/kafka/producer.ts', 'pkg/kafka/nowhere.ts'],
  ['could-not-resolve', 'test/all.test.ts', 'no-such-package'],
];

describe('layer lint', function () {
  this.timeout(30_000);
  const clean = Object.fromEntries(
    Object.entries(ALLOWED).map(([file, targets]) => [file, importing(file, ...targets)]),
  );
  const roots: string[] = [];
  const tree = (files: Readonly<Record<string, string>>): string => {
    const root = makeTree(files);
    roots.push(root);
    return root;
  };
  after(() => {
    for (const root of roots) rmSync(root, { recursive: true });
  });

  it('passes a tree in which every row of the matrix imports all it may', async () => {
    const report = await lintLayers(tree(clean));
    expect(report).to.deep.equal({ files: Object.keys(clean).length, violations: [] });
  });

  describe('in a tree with one file for each forbidden import', () => {
    // A file of its own for each, beside the one it is written for, so that it makes no cycle by chance.
    const breaking = FORBIDDEN.map(([rule, from, to], index) => {
      const file = from.replace(/(\w+)(\.test)?\.ts$/, `breaking_${index}$2.ts`);
      return { rule, file, to, text: importing(file, to) };
    });
    const extra = {
      'test/support/clock.ts': '',
      'pkg/kafka/one.ts': importing('pkg/kafka/one.ts', 'pkg/kafka/two.ts'),
      'pkg/kafka/two.ts': importing('pkg/kafka/two.ts', 'pkg/kafka/one.ts'),
      'internal/entity/types.ts': `import type { Config } from '../../config/config.js';`,
      'internal/entity/inline.ts': `import { type Config } from '../../config/config.js';`,
      'internal/entity/again.ts': `export type { Config } from '../../config/config.js';`,
      'internal/entity/expression.ts': `export type Config = import('../../config/config.js').Config;`,
      'internal/entity/dynamic.ts': `export const load = () => import('../../config/config.js');`,
      'pkg/kafka/dev_types.ts': `import type { Stub } from 'sinon';`,
    };
    let violations: readonly string[] = [];
    before(async () => {
      const files = Object.fromEntries(breaking.map(({ file, text }) => [file, text]));
      ({ violations } = await lintLayers(tree({ ...clean, ...extra, ...files })));
    });
    const rulesAgainst = (file: string): (string | undefined)[] =>
      violations.filter((line) => line.startsWith(`${file} → `)).map((line) => line.split(': ')[1]);

    for (const { rule, file, to } of breaking) {
      it(`catches by ${rule}: ${path.dirname(file)} → ${to}`, () => {
        expect(rulesAgainst(file)).to.include(rule);
      });
    }

    it('catches an import by the one rule that is about it', () => {
      const several = breaking.filter(({ file }) => rulesAgainst(file).length !== 1);
      expect(several.map(({ file, to }) => [path.dirname(file), to, rulesAgainst(file)])).to.deep.equal([]);
    });

    for (const kind of ['types', 'inline', 'again', 'expression', 'dynamic']) {
      it(`catches every way to import: ${kind}`, () => {
        expect(rulesAgainst(`internal/entity/${kind}.ts`)).to.deep.equal(['entity-depends-on-nothing']);
      });
    }

    it('catches a cycle and shows it', () => {
      expect(violations.find((line) => line.startsWith('pkg/kafka/one.ts'))).to.match(
        /^pkg\/kafka\/one\.ts → pkg\/kafka\/two\.ts → pkg\/kafka\/one\.ts: no-circular: /,
      );
    });

    it('lets sources import the types of a dev dependency', () => {
      expect(rulesAgainst('pkg/kafka/dev_types.ts')).to.deep.equal([]);
    });

    it('breaks every rule there is, and nothing that the clean tree does', () => {
      const files = new Set([...breaking.map(({ file }) => file), ...Object.keys(extra)]);
      expect(violations.filter((line) => !files.has(line.split(' → ')[0] ?? ''))).to.deep.equal([]);
      const broken = new Set(violations.map((line) => line.split(': ')[1]));
      expect(broken).to.deep.equal(new Set([...FORBIDDEN.map(([rule]) => rule), 'no-circular']));
    });

    it('says of each why, and what to do instead', () => {
      for (const line of violations) expect(line).to.match(/^\S+( → \S+)+: [a-z-]+: .{20,}[;,] .{10,}$/);
    });
  });

  it('as a program prints the violations, counts files that git does not know, and exits with 1', () => {
    const root = tree({
      'pkg/kafka/index.ts': importing('pkg/kafka/index.ts', 'config/config.ts'),
      'config/config.ts': '',
    });
    const git = (...args: string[]): void => {
      expect(spawnSync('git', ['-C', root, ...args]).status).to.equal(0);
    };
    git('init', '-q');
    git('add', 'config');
    const run = spawnSync(process.execPath, ['dist/scripts/lint_layers.js', root], { encoding: 'utf8' });
    expect(run.stderr).to.match(
      /^pkg\/kafka\/index\.ts → config\/config\.ts: pkg-knows-no-service: a package must /,
    );
    expect(run.stdout).to.equal('2 files, 1 broken layer rules\n');
    expect(run.status).to.equal(1);
  });

  it('fails where there is nothing to look at', async () => {
    const failure: unknown = await lintLayers(tree({ 'pkg/README.md': '' })).catch((error: unknown) => error);
    expect(failure)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.contains('There is no TypeScript below');
  });
});
