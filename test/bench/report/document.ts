import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import type { Result } from './result.js';
import { toTable } from './table.js';

const TITLE = `# Benchmarks

Written by \`make bench DOCS=1\`; do not edit. Raw kafkajs 2.2.4 as it comes is the baseline, measured in the same
run on the same broker, each side in processes of its own, in turn; the medians count. Messages have 200 bytes and
one of 1,000 keys; everything is acknowledged by all replicas, and pkg/kafka is idempotent besides. "Times better"
is the ratio of rates, or of the baseline's time or load to ours. Absolute figures say little about other machines.
`;

/** Puts the results of one broker into the document; those of other brokers stay. */
export async function writeDocument(file: string, broker: string, results: readonly Result[]): Promise<void> {
  const known = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const others = known
    .split(/^(?=## )/m)
    .filter((part) => part.startsWith('## ') && !part.startsWith(`## On ${broker}\n`))
    .map((part) => part.trimEnd());
  const where = `${cpus().length} cores of ${cpus()[0]?.model.trim() ?? 'an unknown kind'}, Node.js ${process.version}`;
  const own = `## On ${broker}\n\n${toTable(results)}\n\n${where}.`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${[TITLE.trimEnd(), ...[...others, own].sort()].join('\n\n')}\n`);
}
