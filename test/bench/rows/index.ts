import { consumeRows } from './consume.js';
import { idleCpu } from './idle_cpu.js';
import { publishRows } from './publish.js';
import type { Row } from './row.js';
import { start } from './start.js';

/** All rows, in the order of the table. */
export const ROWS: readonly Row[] = [...publishRows, ...consumeRows, idleCpu, start];
