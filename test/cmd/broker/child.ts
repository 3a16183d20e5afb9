import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../cmd/broker/main.js', import.meta.url));

/** The broker program as a child process. Ends it with the test: `await child.kill()` in a finally. */
export class BrokerChild {
  stdout = '';
  stderr = '';
  private readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** The exit code, or null when a signal ended it. */
  readonly exit: Promise<number | null>;

  constructor(args: readonly string[]) {
    this.process = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.process.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exit = once(this.process, 'close').then(([code]) => code as number | null);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Waits until it says that it serves. @returns its address @throws when it ends instead */
  async serving(): Promise<string> {
    const ended = this.exit.then((code) => {
      throw new Error(`the broker ended with ${code}: ${this.stderr}`);
    });
    for (;;) {
      const address = /broker on (\S+:\d+)/.exec(this.stdout)?.[1];
      if (address !== undefined && this.stdout.includes('Ctrl-C')) return address;
      await Promise.race([once(this.process.stdout, 'data'), ended]);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exit;
  }
}
