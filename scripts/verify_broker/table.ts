import { readFile, writeFile } from 'node:fs/promises';

/** What came of one check. */
export interface Outcome {
  client: string;
  what: string;
  /** Why it failed; absent when it passed. */
  failure?: string;
}

const START = '<!-- verification: written by make verify-broker -->';
const END = '<!-- /verification -->';

/** The outcomes as a Markdown table. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ client, what, failure }) => `| ${client} | ${what} | ${failure ?? 'works'} |`);
  return ['| client | what | result |', '|---|---|---|', ...rows].join('\n');
}

/** Replaces the table between the marks of a Markdown file. @throws Error when the marks are not there */
export async function writeTable(file: string, outcomes: readonly Outcome[]): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start)
    throw new Error(`${file} has no place for the verification table: ${START} … ${END}`);
  await writeFile(file, `${text.slice(0, start + START.length)}\n${tableOf(outcomes)}\n${text.slice(end)}`);
}
