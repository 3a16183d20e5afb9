import { type ChildProcess, spawn } from 'node:child_process';
import { type Writable } from 'node:stream';

/** Where a guarded program's output goes, and what it starts with. */
export interface GuardedOptions {
  /** Both output streams: inherited, thrown away, for us to read, or written to an open file. */
  output: 'inherit' | 'ignore' | 'pipe' | number;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Kills the group when the pipe on descriptor 3 closes without a word, which happens however our process ends,
 * kill -9 included. The shell becomes the program, so that the pid is the program's own. A word means that it
 * has ended: then the pid may already be somebody else's.
 */
const GUARD = '(read -r word <&3 || kill -KILL "-$$") & exec "$@" 3<&-';

/**
 * Starts a program that does not outlive this process, however this process ends; nor does what it starts,
 * unless that leaves its process group, which the program leads. Standard input is empty.
 */
export function spawnGuarded(
  program: string,
  args: readonly string[],
  options: GuardedOptions,
): ChildProcess {
  const { output, ...rest } = options;
  const child = spawn('sh', ['-c', GUARD, 'guard', program, ...args], {
    ...rest,
    stdio: ['ignore', output, output, 'pipe'],
    detached: true,
  });
  const guard = child.stdio[3] as Writable;
  // The guard may be gone before its last word arrives, for example killed with its group.
  guard.on('error', () => guard.destroy());
  child.once('exit', () => guard.end('ended\n'));
  return child;
}
