import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { projectRoot } from '../../../../config/project_root.js';
import { CONSUMING } from './guards/consuming.js';
import type { Guard } from './guards/guard.js';
import { PRODUCING } from './guards/producing.js';

const RUN_TIMEOUT_MS = 90_000;

/** Takes each guard out of a copy of what was built, and demands that its test fails. */
describe('kafka: without a guard its test fails', function () {
  this.timeout(RUN_TIMEOUT_MS + 10_000);
  let copy: string;

  before(async () => {
    const root = projectRoot();
    copy = await mkdtemp(join(tmpdir(), 'guards-out-'));
    await cp(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
    await cp(join(root, 'package.json'), join(copy, 'package.json'));
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  after(() => rm(copy, { recursive: true, force: true }));

  for (const guard of [...PRODUCING, ...CONSUMING]) {
    it(`${guard.pitfalls.join(', ')}: ${guard.guard}`, async () => {
      const file = join(copy, 'dist', 'pkg', 'kafka', guard.file);
      const built = await readFile(file, 'utf8');
      const parts = built.split(guard.code);
      expect(parts, `${guard.file} has this code once: ${guard.code}`).to.have.length(2);
      try {
        await writeFile(file, parts.join(guard.without));
        const { tests, failures } = await run(guard);
        expect(tests, 'tests of that name').to.be.greaterThan(0);
        expect(failures, 'failures').to.be.greaterThan(0);
      } finally {
        await writeFile(file, built);
      }
    });
  }

  async function run({ suite, test }: Guard): Promise<{ tests: number; failures: number }> {
    const report = join(copy, 'report.json');
    await rm(report, { force: true });
    const mocha = join(projectRoot(), 'node_modules', 'mocha', 'lib', 'cli', 'cli.js');
    const reporting = ['--reporter', 'json', '--reporter-option', `output=${report}`];
    const file = join(copy, 'dist', 'test', 'pkg', 'kafka', suite);
    const args = [mocha, '--no-config', '--exit', '--timeout', '5000', ...reporting, '--fgrep', test, file];
    const env = { ...process.env, ROUNDS: '1' };
    const options = { cwd: copy, env, timeout: RUN_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
    // It ends with the number of failures; what counts is its report.
    await promisify(execFile)(process.execPath, args, options).catch(() => undefined);
    const { stats } = JSON.parse(await readFile(report, 'utf8')) as {
      stats: { tests: number; failures: number };
    };
    return stats;
  }
});
