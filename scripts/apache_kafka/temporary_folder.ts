import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { processLives } from './processes.js';

const parent = (): string => join(projectRoot(), '.data', 'kafka', 'tmp');

/**
 * A new folder for as long as this process lives at most: it bears its pid, and a later call of any process removes
 * those whose process has ended, as one that was killed cannot do it itself.
 */
export async function temporaryKafkaFolder(): Promise<string> {
  await mkdir(parent(), { recursive: true });
  for (const name of await readdir(parent())) {
    if (processLives(Number.parseInt(name, 10))) continue;
    await rm(join(parent(), name), { recursive: true, force: true });
  }
  return mkdtemp(join(parent(), `${process.pid}-`));
}
