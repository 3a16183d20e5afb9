import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processLives } from './processes.js';

const POLL_MS = 100;
/** How systems refuse a hard link where the file system has none. */
const NO_HARD_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Another process holds a lock for longer than one waits for it. */
export class LockHeldError extends Error {
  override name = 'LockHeldError';
}

/** No lock can be had where it is to be: the file system makes no hard links. */
export class NoHardLinksError extends Error {
  override name = 'NoHardLinksError';
}

/**
 * Does something while no other process does anything under the same lock, for which it waits. A lock whose
 * process has ended counts for nothing.
 *
 * @param file holds the pid of the process that has the lock.
 * @throws LockHeldError when it is not free in time; NoHardLinksError where no lock can be had; else what the action throws.
 */
export async function underLock<T>(
  file: string,
  { timeoutMs }: { readonly timeoutMs: number },
  action: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const deadline = performance.now() + timeoutMs;
  while (!(await taken(file))) {
    const holder = await holderOf(file);
    if (holder !== undefined && !processLives(holder)) await discard(file);
    else if (performance.now() < deadline) await delay(POLL_MS);
    else
      throw new LockHeldError(`The process ${holder ?? ''} still has ${file}; remove it if that is wrong.`);
  }
  try {
    return await action();
  } finally {
    await rm(file, { force: true });
  }
}

/** Whether it is ours now. A link appears with its content, so that no lock is ever without its pid. */
async function taken(file: string): Promise<boolean> {
  const own = `${file}.${process.pid}`;
  await writeFile(own, String(process.pid));
  try {
    await link(own, file);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!NO_HARD_LINKS.has(code)) throw error;
    throw new NoHardLinksError(
      `The file system of ${dirname(file)} makes no hard links (exFAT, FAT and many shared folders do not), by ` +
        'which one start waits for another. Put the project on another disk.',
      { cause: error },
    );
  } finally {
    await rm(own, { force: true });
  }
}

async function holderOf(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}

/** Moved away first, since it may be another process's by now, which then has it back. */
async function discard(file: string): Promise<void> {
  const aside = `${file}.old.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  const holder = await holderOf(aside);
  if (holder !== undefined && processLives(holder)) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}
