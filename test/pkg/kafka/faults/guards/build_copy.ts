import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../../../../config/project_root.js';
import { REPORT_FILE, type RunReport } from './first_failure_reporter.js';
import { Mutex } from '../../../../../pkg/kafka/async.js';
import type { Guard } from './guard.js';

/** Milliseconds that a test may take without its guard. */
export const RUN_TIMEOUT_MS = 90_000;

/** A copy of what was built, in which one guard at a time is taken out. */
export class BuildCopy {
  readonly #mutex = new Mutex();
  readonly #removed = new AbortController();

  private constructor(private readonly folder: string) {}

  static async make(): Promise<BuildCopy> {
    const root = projectRoot();
    const folder = await mkdtemp(join(tmpdir(), 'guards-out-'));
    await cp(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
    await cp(join(root, 'package.json'), join(folder, 'package.json'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    return new BuildCopy(folder);
  }

  /** Runs the guard's test without the guard, one after the other. @throws Error when the file does not have its code just once */
  runWithout(guard: Guard): Promise<RunReport> {
    return this.#mutex.run(() => this.#runWithout(guard));
  }

  /** Ends what still runs in it, as where only some of the guards' tests were asked for. */
  remove(): Promise<void> {
    this.#removed.abort();
    return rm(this.folder, { recursive: true, force: true });
  }

  async #runWithout(guard: Guard): Promise<RunReport> {
    const file = join(this.folder, 'dist', 'pkg', 'kafka', guard.file);
    const built = await readFile(file, 'utf8');
    const parts = built.split(guard.code);
    if (parts.length !== 2) {
      throw new Error(`${guard.file} has this code ${parts.length - 1} times: ${guard.code}`);
    }
    await writeFile(file, parts.join(guard.without));
    try {
      return await this.#run(guard);
    } finally {
      await writeFile(file, built);
    }
  }

  async #run({ suite, test }: Guard): Promise<RunReport> {
    const report = join(this.folder, 'report.json');
    await rm(report, { force: true });
    const tests = join(this.folder, 'dist', 'test', 'pkg', 'kafka');
    const reporter = join(tests, 'faults', 'guards', 'first_failure_reporter.js');
    const mocha = join(projectRoot(), 'node_modules', 'mocha', 'lib', 'cli', 'cli.js');
    const options = ['--no-config', '--exit', '--timeout', '5000', '--reporter', reporter];
    await promisify(execFile)(process.execPath, [mocha, ...options, '--fgrep', test, join(tests, suite)], {
      cwd: this.folder,
      env: { ...process.env, ROUNDS: '1', [REPORT_FILE]: report },
      timeout: RUN_TIMEOUT_MS,
      signal: this.#removed.signal,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
      // It ends as failed where the guard is missed; what counts is its report.
    }).catch(() => undefined);
    return JSON.parse(await readFile(report, 'utf8')) as RunReport;
  }
}
