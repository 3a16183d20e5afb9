import { type Plan } from './plan.js';

/** Formats without a syntax tree at hand here, in which regions are marked by comments. */
const MARKED = /(\.md|^Makefile|^Dockerfile|\.sh|^\.ci\/run|\.github\/.*\.yml)$/;

/**
 * Removes from documents, the Makefile and scripts what stands between `only: <name>` and `end: <name>`, each
 * in a comment on a line of its own, those lines included. What a comment `<!-- without: <name>` holds, on the lines
 * up to `-->`, is said from then on: readers do not see it before.
 */
export function removeRegions(plan: Plan, name: string): void {
  const line = (word: string) => `^[ \\t]*(?:<!--|#) ${word}: ${name}(?: -->)?[ \\t]*\\n`;
  const region = new RegExp(`${line('only')}[\\s\\S]*?${line('end')}(?:\\n(?=\\n|$))?`, 'gm');
  const instead = new RegExp(`^<!-- without: ${name}\\n([\\s\\S]*?)^-->\\n`, 'gm');
  for (const file of plan.files().filter((one) => MARKED.test(one))) {
    const text = plan.read(file);
    const without = text.replace(region, '').replace(instead, '$1');
    if (without !== text) plan.write(file, without);
  }
}
