import { type Plan } from './plan.js';

const MAKEFILE = 'Makefile';

/**
 * Removes targets from the Makefile: each with its recipe, and its name among those that are no files; and the
 * rows about them from the tables of documents.
 */
export function removeTargets(plan: Plan, names: readonly string[]): void {
  const phony = /^\.PHONY:(?:.*\\\n)*.*\n/m;
  const text = plan
    .read(MAKEFILE)
    .split('\n\n')
    .filter((block) => !names.some((name) => block.startsWith(`${name}:`)))
    .join('\n\n')
    .replace(phony, (list) => names.reduce(withoutWord, list));
  plan.write(MAKEFILE, text.endsWith('\n') ? text : `${text}\n`);
  if (names.length > 0)
    forgetRows(plan, new RegExp(`^\\|.*\\bmake (${names.join('|')})(?![a-z-]).*\\n`, 'gm'));
}

function forgetRows(plan: Plan, row: RegExp): void {
  for (const file of plan.files().filter((one) => one.endsWith('.md'))) {
    const text = plan.read(file);
    if (row.test(text)) plan.write(file, text.replace(row, ''));
    row.lastIndex = 0;
  }
}

function withoutWord(text: string, word: string): string {
  return text.replace(new RegExp(`[ \\t]${word}(?=\\s)`), '');
}
