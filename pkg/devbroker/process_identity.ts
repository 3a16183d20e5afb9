import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told apart from every other one that had or will have its id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Where its id means something: the machine and, within it, the container. */
  readonly realm: string;
  /** The machine's name, or the container's. */
  readonly host?: string;
  /** Names the run of the system's kernel, from one boot to the next; absent where it does not tell. */
  readonly boot?: string;
  /** When it was started, in whatever terms the system uses; empty where it does not tell. */
  readonly start: string;
}

/** Whether a process runs; `elsewhere` when it belongs to a realm that cannot be looked into from here. */
export type Liveness = 'alive' | 'dead' | 'elsewhere';

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  const boot = bootId();
  const identity = { pid: process.pid, realm: realm(), start: startOf(process.pid) ?? '', host: hostname() };
  return boot === null ? identity : { ...identity, boot };
}

/**
 * Whether the very process runs, not only one that was given its id after its end. A container that is started anew
 * is another realm, which cannot look into the old one; but no process outlives the boot it was started in. Only a host
 * of the same name is taken for the same machine, since another machine has another boot anyway.
 */
export function livenessOf({ pid, realm: itsRealm, start, host, boot }: ProcessIdentity): Liveness {
  const bootNow = bootId();
  const rebooted = boot !== undefined && bootNow !== null && boot !== bootNow;
  if (host === hostname() && rebooted) return 'dead';
  if (itsRealm !== realm()) return 'elsewhere';
  return startOf(pid) === start ? 'alive' : 'dead';
}

function realm(): string {
  return `${hostname()} ${optional(() => readlinkSync('/proc/self/ns/pid')) ?? ''}`.trim();
}

/** When the process with this id was started, or null when there is none. */
function startOf(pid: number): string | null {
  if (!isSignalable(pid)) return null;
  if (process.platform === 'linux') return startOnLinux(pid);
  if (process.platform === 'win32') return '';
  return optional(() => startByPs(pid));
}

function isSignalable(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process: it is there, only not ours to signal.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The 22nd field of /proc/<pid>/stat (proc(5)): clock ticks since the boot, hence with the boot's own id. */
function startOnLinux(pid: number): string | null {
  const stat = optional(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === null) return null;
  // The second field, the program's name in brackets, may itself hold spaces and brackets.
  const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not asked yet.
  if (state === 'Z' || state === 'X') return null;
  return `${bootId() ?? ''} ${fields[18] ?? ''}`.trim();
}

/** A random UUID that Linux makes at each boot (random(4)); null elsewhere. */
function bootId(): string | null {
  return optional(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

function startByPs(pid: number): string | null {
  const options = { encoding: 'utf8', env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' }, timeout: 5000 } as const;
  const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', pid.toString()], options).trim();
  const [, state = 'Z', start = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
  return state.startsWith('Z') ? null : start;
}

/** What the system tells, or null when it does not. */
function optional<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch {
    return null;
  }
}
