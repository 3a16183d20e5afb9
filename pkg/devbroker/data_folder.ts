import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './log/atomic_file.js';
import { nodeFileSystem } from './log/file_system.js';
import { livenessOf, ownIdentity, type ProcessIdentity } from './process_identity.js';

/** What the owner of a data folder serves. */
export interface RunFacts {
  /** `host:port` of each node of the broker. */
  readonly brokers: readonly string[];
  readonly databaseUrl?: string;
}

/** The content of `run.json`: how to reach what the owner of the folder serves. */
export interface RunFile extends RunFacts {
  readonly pid: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** Somebody else owns the folder. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';

  constructor(
    readonly folder: string,
    /** The owner's process id. */
    readonly pid: number,
    hint: string,
  ) {
    super(`the data folder ${folder} is in use by process ${pid}${hint}`);
  }
}

/** The folder lies where no process can own one: its file system makes no hard links. */
export class DataFolderUnfit extends Error {
  override readonly name = 'DataFolderUnfit';

  constructor(
    readonly folder: string,
    options?: ErrorOptions,
  ) {
    super(
      `the data folder ${folder} cannot be used: its file system makes no hard links (exFAT, FAT and many shared ` +
        'folders do not), by which one process owns it',
      options,
    );
  }
}

/** A claim on the folder: who holds it, or null once it was given back. */
interface Claim {
  readonly generation: number;
  readonly owner: ProcessIdentity | null;
}

const CLAIM_FILE = /^owner\.(\d+)\.json$/;
const RUN_FILE = 'run.json';
/** How systems refuse a hard link where the file system has none. */
const NO_HARD_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);
/** Nobody loses this many races in a row; something else is wrong then. */
const MAX_ATTEMPTS = 100;

/**
 * Exclusive ownership of a folder among the processes of a machine. It ends with the process, however that ends.
 *
 * Claims are files with rising numbers, and the highest one counts. A new claim is made only when the highest is
 * free or its process has ended, and only as the next number, which the file system gives to one contender alone (a
 * hard link fails where the name exists). Since the highest claim is never removed, only followed by the next, a
 * contender that judged an old state finds a higher claim than its own and steps back. Removing a stale lock and
 * making a new one, as a single lock file would need it, can hit the lock of another contender.
 *
 * An owner is known by its process id and start time, so that a later process of the same id is not taken for it.
 * One on another machine or in another container cannot be looked at: it counts as the owner until its file goes, or
 * until the machine of its host name has been booted again. So a container that was killed leaves a folder, kept in a
 * volume, owned: its successor refuses to start and names the file to remove. One that is stopped (SIGTERM) gives the
 * folder back. Sharing the process ids of the host (`pid: host` and a fixed host name) lets the successor see by itself
 * that the owner has ended.
 */
export class DataFolder {
  private constructor(
    readonly path: string,
    private readonly claim: Claim,
  ) {}

  /**
   * Takes the folder, which is made when it is missing.
   * @throws DataFolderInUse when another process owns it; DataFolderUnfit when none can
   */
  static own(path: string): DataFolder {
    nodeFileSystem.makeFolder(path);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const latest = latestClaim(path);
      refuseIfOwned(path, latest);
      const claim = { generation: latest.generation + 1, owner: ownIdentity() };
      if (!writeClaim(path, claim)) continue;
      if (latestClaim(path).generation === claim.generation) {
        removeClaimsBelow(path, claim.generation);
        return new DataFolder(path, claim);
      }
      rmSync(claimPath(path, claim.generation), { force: true });
    }
    throw new Error(`the data folder ${path} could not be taken: too many others try to`);
  }

  /** Lets others find what runs here: writes `run.json` in one step. */
  announce(facts: RunFacts): void {
    const run: RunFile = { pid: process.pid, startedAt: new Date().toISOString(), ...facts };
    const content = { ...run, generation: this.claim.generation };
    replaceFile(nodeFileSystem, join(this.path, RUN_FILE), `${JSON.stringify(content, null, 2)}\n`);
  }

  /** Gives the folder back and removes `run.json`. May be called more than once. */
  release(): void {
    const { generation } = this.claim;
    if (latestClaim(this.path).generation !== generation) return;
    rmSync(join(this.path, RUN_FILE), { force: true });
    writeClaim(this.path, { generation: generation + 1, owner: null });
    removeClaimsBelow(this.path, generation + 1);
  }
}

/** How to reach what the owner of the folder serves, or null when nobody alive owns it or has announced anything. */
export function readRunFile(path: string): RunFile | null {
  const { generation, owner } = latestClaim(path);
  if (!owner || livenessOf(owner) !== 'alive') return null;
  const text = readIfThere(join(path, RUN_FILE));
  if (text === null) return null;
  const { generation: announcedBy, ...run } = JSON.parse(text) as RunFile & { generation: number };
  return announcedBy === generation ? run : null;
}

function refuseIfOwned(path: string, { generation, owner }: Claim): void {
  const liveness = owner === null ? 'dead' : livenessOf(owner);
  if (owner === null || liveness === 'dead') return;
  const file = claimPath(path, generation);
  const hint =
    liveness === 'alive'
      ? ''
      : ` on ${owner.realm}; if that has ended without giving it back, remove ${file}`;
  throw new DataFolderInUse(path, owner.pid, hint);
}

function claimPath(path: string, generation: number): string {
  return join(path, `owner.${generation}.json`);
}

function generationsIn(path: string): number[] {
  const names = nodeFileSystem.exists(path) ? readdirSync(path) : [];
  return names.flatMap((name) => CLAIM_FILE.exec(name)?.slice(1).map(Number) ?? []);
}

/** The claim that counts; one with the number 0 that is free when there is none. */
function latestClaim(path: string): Claim {
  for (;;) {
    const generation = Math.max(0, ...generationsIn(path));
    if (generation === 0) return { generation, owner: null };
    const text = readIfThere(claimPath(path, generation));
    // Gone since the look into the folder: there is a higher one now.
    if (text !== null)
      return { generation, owner: text === '' ? null : (JSON.parse(text) as ProcessIdentity) };
  }
}

/** @returns false when somebody was quicker */
function writeClaim(path: string, { generation, owner }: Claim): boolean {
  // Made whole elsewhere first, since nobody may ever see a claim without its owner.
  const draft = join(path, `owner.${randomUUID()}.tmp`);
  // An empty file for a free folder: on a full disk too it can be given back. A power cut leaves an empty file of
  // a claim that was not yet forced to the disk, and its process has then ended as well.
  writeFileSync(draft, owner === null ? '' : JSON.stringify(owner));
  try {
    linkSync(draft, claimPath(path, generation));
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST') return false;
    throw NO_HARD_LINKS.has(code) ? new DataFolderUnfit(path, { cause: error }) : error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function removeClaimsBelow(path: string, generation: number): void {
  for (const old of generationsIn(path)) {
    if (old < generation) rmSync(claimPath(path, old), { force: true });
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
