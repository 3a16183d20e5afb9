import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ContenderName } from '../contenders/index.js';
import type { Row, Scene } from '../rows/row.js';

const run = promisify(execFile);
const WORKER = path.join(import.meta.dirname, 'main.js');
const TIMEOUT_MS = 60_000;

/** Measures one side of a row in a process of its own. @throws when it fails or takes more than a minute */
export async function runWorker(
  row: Row,
  side: ContenderName,
  { topic, groupId, brokers }: Scene,
): Promise<number> {
  const args = [WORKER, row.name, side, topic, groupId, ...brokers];
  const { stdout } = await run(process.execPath, args, { timeout: TIMEOUT_MS });
  return JSON.parse(stdout) as number;
}
