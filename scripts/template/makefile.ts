import { type Plan } from './plan.js';

const MAKEFILE = 'Makefile';

/** Removes targets from the Makefile: each with its recipe, and its name among those that are no files. */
export function removeTargets(plan: Plan, names: readonly string[]): void {
  const phony = /^\.PHONY:(?:.*\\\n)*.*\n/m;
  const text = plan
    .read(MAKEFILE)
    .split('\n\n')
    .filter((block) => !names.some((name) => block.startsWith(`${name}:`)))
    .join('\n\n')
    .replace(phony, (list) => names.reduce(withoutWord, list));
  plan.write(MAKEFILE, text.endsWith('\n') ? text : `${text}\n`);
}

function withoutWord(text: string, word: string): string {
  return text.replace(new RegExp(`[ \\t]${word}(?=\\s)`), '');
}
