import { rmSync } from 'node:fs';
import { Program, temporaryFolder } from './program.js';

/** Programs of a test that share a data folder, and end with it. */
export class Programs {
  readonly #programs: Program[] = [];
  readonly #dataDir = temporaryFolder();

  /** Starts a program that serves on free ports and tells all that it does. */
  start(script: string, env: Record<string, string> = {}): Program {
    const program = new Program(script, {
      env: { HTTP_PORT: '0', HTTP_HEALTH_PORT: '0', LOG_FORMAT: 'pretty', LOG_LEVEL: 'debug', ...env },
      dataDir: this.#dataDir,
    });
    this.#programs.push(program);
    return program;
  }

  /** Starts it and waits until it is ready. */
  async ready(script: string, env?: Record<string, string>): Promise<{ program: Program; url: string }> {
    const program = this.start(script, env);
    await program.shows(/is ready/);
    const [, url] = await program.shows(/HTTP\s+(http:\/\/[^/\s]+)/);
    return { program, url: String(url) };
  }

  /** Kills what still runs, and removes what they wrote. */
  async end(): Promise<void> {
    for (const program of this.#programs) {
      program.kill('SIGKILL');
      await program.exit();
    }
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}
