import { execFile } from 'node:child_process';

/** What a finished program left behind. */
export interface CommandResult {
  /** Its exit status; 1 where it was ended by a signal or by the time limit. */
  status: number;
  /** Standard output and standard error, in that order. */
  output: string;
}

/** Where and how long a program may run. */
export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is ended; 30000 by default. */
  timeoutMs?: number;
  /** What it reads from its standard input; nothing by default. */
  input?: string;
}

/**
 * Runs a short program to its end and collects its output.
 * @returns undefined where no such program exists; a failing one is a result, not an error.
 */
export function runCommand(
  program: string,
  args: readonly string[],
  { timeoutMs = 30_000, input = '', ...options }: CommandOptions = {},
): Promise<CommandResult | undefined> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { ...options, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error?.code === 'ENOENT') resolve(undefined);
        else
          resolve({
            status: error ? (typeof error.code === 'number' ? error.code : 1) : 0,
            output: stdout + stderr,
          });
      },
    );
    // A program that does not read its input may be gone before it is written.
    child.stdin?.on('error', () => undefined).end(input);
  });
}
