import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../config/project_root.js';
import { type CommandResult, runCommand } from '../../scripts/run_command.js';

const TIMEOUT_MS = 900_000;
/** The stamp by which make knows that the packages are those of the lock. */
const STAMP = path.join('node_modules', '.package-lock.json');

/** The variables of make that a command takes, which must not come from the shell of whoever runs the tests. */
const VARIABLES = ['NAME', 'KEEP', 'PKG', 'DRY', 'DOMAIN', 'EVENT', 'USECASE', 'ON', 'ROUTE', 'ONLY'];

/** The committed state of this project in a folder of its own, with its packages. */
export class Clone {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Clone> {
    const clone = new Clone(mkdtempSync(path.join(tmpdir(), 'template-')));
    const root = projectRoot();
    await clone.succeed('git', 'clone', '--quiet', '--depth', '1', `file://${root}`, clone.folder);
    await clone.succeed('git', 'config', 'user.name', 'Ada');
    await clone.succeed('git', 'config', 'user.email', 'ada@example.com');
    // Links take no room; what is installed anew replaces them and leaves the originals alone.
    await clone.succeed('cp', '-al', path.join(root, 'node_modules'), 'node_modules');
    const stamp = readFileSync(path.join(root, STAMP));
    rmSync(path.join(clone.folder, STAMP));
    cpSync(path.join(root, STAMP), path.join(clone.folder, STAMP));
    expect(readFileSync(path.join(clone.folder, STAMP))).to.deep.equal(stamp);
    return clone;
  }

  /** Runs make, with `input` to read, below a shell that exports `env`, and returns how it went. */
  async make(args: readonly string[], input?: string, env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
    // The packages of a lock that lost some are those that are there.
    const now = new Date();
    utimesSync(path.join(this.folder, STAMP), now, now);
    return this.run('make', args, input, env);
  }

  /** Runs make, which must succeed. @returns what it printed */
  async made(...args: string[]): Promise<string> {
    const { status, output } = await this.make(args);
    expect(status, `make ${args.join(' ')}:\n${tail(output)}`).to.equal(0);
    return output;
  }

  /** Runs a program, which must succeed. @returns what it printed */
  async succeed(program: string, ...args: string[]): Promise<string> {
    const { status, output } = await this.run(program, args);
    expect(status, `${program} ${args.join(' ')}:\n${tail(output)}`).to.equal(0);
    return output;
  }

  async commit(): Promise<void> {
    await this.succeed('git', 'add', '--all');
    await this.succeed('git', 'commit', '--quiet', '--message', 'One step');
  }

  /** Files that are not as they are committed. */
  async changed(): Promise<string[]> {
    const lines = await this.succeed('git', 'status', '--porcelain', '--untracked-files=all');
    return lines.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
  }

  /** Takes everything back to how the project is committed. */
  async reset(): Promise<void> {
    await this.succeed('git', 'reset', '--quiet', '--hard', 'origin/HEAD');
    await this.succeed('git', 'clean', '-fdq');
  }

  /** Runs built tests, but for the suites that take long or need Apache Kafka. @returns what was printed */
  tests(pattern: string): Promise<string> {
    const ignored = ['faults', 'apache'].flatMap((name) => ['--ignore', `dist/test/**/${name}/**`]);
    return this.succeed('node', 'node_modules/.bin/mocha', ...ignored, pattern);
  }

  /** The files that git knows or would add and that are there, where their paths match. */
  async files(pattern: string): Promise<string[]> {
    const known = ['ls-files', '--cached', '--others', '--exclude-standard', '--', pattern];
    return (await this.succeed('git', ...known)).split('\n').filter((file) => file !== '' && this.has(file));
  }

  has(file: string): boolean {
    return existsSync(path.join(this.folder, file));
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  /** The files and folders of a folder. */
  list(folder: string): string[] {
    return readdirSync(path.join(this.folder, folder)).sort();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(
    program: string,
    args: readonly string[],
    input = '',
    more: NodeJS.ProcessEnv = {},
  ): Promise<CommandResult> {
    const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)));
    const env = { ...own, ...more };
    const began = performance.now();
    const result = await runCommand(program, args, { cwd: this.folder, env, input, timeoutMs: TIMEOUT_MS });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`      ${seconds} s  ${path.basename(program)} ${args.join(' ')}`);
    if (!result) throw new Error(`there is no ${program}`);
    return result;
  }
}

/** What make or a test runner around this one says to its own. */
function isForeign(name: string): boolean {
  return VARIABLES.includes(name) || /^(MAKE|MFLAGS|MAKEFLAGS|MAKELEVEL|TEST_|KAFKA_|npm_)/.test(name);
}

/** What went wrong, as mocha says it, and how it ended. */
function tail(output: string): string {
  const failures = output.match(/^ +\d+ failing\n[\s\S]*?(?=^--|$(?![\s\S]))/gm) ?? [];
  return [...failures, ...output.trimEnd().split('\n').slice(-20)].join('\n');
}

/** The files that a command says it writes or removes. */
export function changesIn(output: string): string[] {
  return [...output.matchAll(/^ {2}[-+~] (.+)$/gm)].map(([, file]) => String(file));
}
