import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../../../config/project_root.js';

/** Keeps what a test measured, one JSON line each, in .data/kafka/figures/<name>.jsonl. */
export async function recordFigures(name: string, figures: object): Promise<void> {
  const folder = join(projectRoot(), '.data', 'kafka', 'figures');
  await mkdir(folder, { recursive: true });
  await appendFile(join(folder, `${name}.jsonl`), `${JSON.stringify(figures)}\n`);
}
