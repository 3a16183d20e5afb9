import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawnGuarded } from '../../scripts/guarded_spawn.js';

const root = path.resolve(import.meta.dirname, '../../..');

export interface ProgramOptions {
  /** Added to the environment, from which what would configure the service was taken away. */
  env?: Record<string, string>;
  args?: readonly string[];
  /** The data folder; one of its own, removed at the end, by default. */
  dataDir?: string;
}

/** A new folder outside the project. */
export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'tsdev-kit-'));
}

/** A built program of this project, run as a user would: a process of its own, which ends with this one at the latest. */
export class Program {
  private text = { stdout: '', stderr: '' };
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;
  private readonly listeners = new Set<() => void>();

  /** @param script for example `cmd/app/main`, as under the sources */
  constructor(script: string, { env = {}, args = [], dataDir }: ProgramOptions = {}) {
    const ownFolder = dataDir === undefined ? temporaryFolder() : undefined;
    const file = path.join(root, 'dist', `${script}.js`);
    this.child = spawnGuarded(process.execPath, ['--enable-source-maps', file, ...args], {
      cwd: root,
      // Colours would be on in CI, where nothing is a terminal either.
      env: { ...neutral(process.env), NO_COLOR: '1', APP_DATA_DIR: dataDir ?? ownFolder, ...env },
      output: 'pipe',
    });
    for (const name of ['stdout', 'stderr'] as const) {
      this.child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
        this.text[name] += chunk;
        for (const listener of this.listeners) listener();
      });
    }
    this.exited = once(this.child, 'close').then(([code]) => {
      if (ownFolder !== undefined) rmSync(ownFolder, { recursive: true, force: true });
      for (const listener of this.listeners) listener();
      return code as number | null;
    });
  }

  get stdout(): string {
    return this.text.stdout;
  }

  get stderr(): string {
    return this.text.stderr;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The exit code; null when a signal ended it. */
  exit(): Promise<number | null> {
    return this.exited;
  }

  /** Reads no more of the standard output, as `head` does when it has had enough. */
  closeOutput(): void {
    this.child.stdout?.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves with the first match in the standard output; rejects when the program ends without one. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text.stdout);
      if (match) return match;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`ended without ${String(pattern)}:\n${this.text.stdout}\n${this.text.stderr}`);
      }
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.listeners.delete(listener);
          resolve();
        };
        this.listeners.add(listener);
      });
    }
  }
}

function neutral(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(KAFKA|HTTP|LOG|APP|METRICS|SWAGGER|TRANSLATOR)_/.test(name)),
  );
}
