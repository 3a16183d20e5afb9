import { type Plan } from '../plan.js';
import { type Domain, type KnownEvent } from './domain.js';
import { importNames, specifier } from './imports.js';

/** The constant that holds an example of what an event says. */
export const exampleOf = (event: Pick<KnownEvent, 'name'>): string => `${event.name}Example`;

/**
 * Sees to it that the tests of a domain have an example of what an event says: the one place of theirs to change
 * with the event.
 * @param data by default, to be filled in by whoever knows
 */
export function ensureExample(
  plan: Plan,
  domain: Domain,
  { event, eventFile, data }: { event: Pick<KnownEvent, 'name' | 'type'>; eventFile: string; data?: string },
): void {
  const file = `${domain.testFolder}examples.ts`;
  if (!plan.has(file)) plan.write(file, '');
  const source = plan.source(file);
  if (source.getVariableDeclaration(exampleOf(event))) return;
  const union = `${domain.one.pascal}Event`;
  importNames(source, specifier(file, eventFile), [`type ${union}`]);
  const type = `Extract<${union}, { type: '${event.type}' }>['data']`;
  const value = data === undefined ? ` = {} as ${type}` : `: ${type} = ${data}`;
  source.addStatements(
    `\n/** What ${event.type} says in tests. */\nexport const ${exampleOf(event)}${value};\n`,
  );
}
