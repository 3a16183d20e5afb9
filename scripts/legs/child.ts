import { once } from 'node:events';
import { spawnGuarded } from '../guarded_spawn.js';

/** How to run a leg's program. */
export interface ChildOptions {
  program: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** inherit: it writes where this process writes; ignore: nowhere; a number: to that open file. */
  output: 'inherit' | 'ignore' | number;
  /** Milliseconds after which it is ended. */
  timeoutMs: number;
  /** Interrupts it. */
  signal: AbortSignal;
  /** Milliseconds that it has to end by itself after an interrupt. */
  graceMs: number;
}

/** How a program ended: undefined is success, else a few words that say how it failed. */
export type Failure = string | undefined;

/**
 * Runs a program to its end. An interrupt or the time limit ends the programs that it started as well, and none
 * of them is left when it has ended.
 */
export async function runChild(options: ChildOptions): Promise<Failure> {
  const { program, args, cwd, env, output } = options;
  const child = spawnGuarded(program, args, { cwd, env, output });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const signalGroup = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined) killGroup(child.pid, signal);
  };

  let stopped: string | undefined;
  let insist: NodeJS.Timeout | undefined;
  const stop = (reason: string): void => {
    stopped ??= reason;
    signalGroup('SIGINT');
    insist ??= setTimeout(signalGroup, options.graceMs, 'SIGKILL');
  };
  const interrupt = (): void => {
    stop('was interrupted');
  };
  const limit = setTimeout(stop, options.timeoutMs, `did not end within ${options.timeoutMs / 1000} s`);
  options.signal.addEventListener('abort', interrupt);
  if (options.signal.aborted) interrupt();
  try {
    const [status, signal] = await ended;
    if (stopped) return stopped;
    if (signal) return `was ended by ${signal}`;
    return status === 0 ? undefined : `ended with status ${status ?? 'none'}`;
  } catch (error) {
    return `could not be started: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    clearTimeout(limit);
    clearTimeout(insist);
    options.signal.removeEventListener('abort', interrupt);
    signalGroup('SIGKILL');
  }
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nothing of the group is left (on macOS: nothing but a process that has ended).
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
