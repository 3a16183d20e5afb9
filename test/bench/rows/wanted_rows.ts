import { ExitCode } from '../../../pkg/program/index.js';
import { ROWS } from './index.js';
import type { Row } from './row.js';

/** The rows that ROWS names, or all of them. Ends the process with a usage error where it names others. */
export function wantedRows({ ROWS: list = '', DOCS }: NodeJS.ProcessEnv): readonly Row[] {
  const wanted = list.split(',').filter((name) => name !== '');
  const names = ROWS.map(({ name }) => name);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) refuse(`there is no ${unknown.join(', ')}; there are ${names.join(', ')}`);
  if (wanted.length > 0 && DOCS === '1') refuse('docs/benchmarks.md holds all rows; leave out ROWS or DOCS');
  return wanted.length === 0 ? ROWS : ROWS.filter(({ name }) => wanted.includes(name));
}

function refuse(why: string): never {
  process.stderr.write(`ROWS: ${why}.\n`);
  process.exit(ExitCode.USAGE);
}
