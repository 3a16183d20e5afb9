import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { processLives } from './processes.js';

/**
 * A new folder for the data of a local Apache Kafka, for as long as this process lives at most: a later call of any
 * process removes those whose process has ended, as one that was killed cannot do it itself.
 */
export async function temporaryKafkaFolder(): Promise<string> {
  const parent = join(projectRoot(), '.data', 'kafka', 'tmp');
  await removeLeftFolders(parent);
  return newOwnFolder(parent);
}

/** A new folder whose name begins with `prefix` and bears the pid, so that others know whose it is. */
export async function newOwnFolder(parent: string, prefix = ''): Promise<string> {
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, `${prefix}${process.pid}-`));
}

/** Removes the folders of {@link newOwnFolder} whose process has ended. */
export async function removeLeftFolders(parent: string, prefix = ''): Promise<void> {
  for (const name of existsSync(parent) ? await readdir(parent) : []) {
    if (!name.startsWith(prefix) || processLives(Number.parseInt(name.slice(prefix.length), 10))) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}
