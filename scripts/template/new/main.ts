/** Adds an event, a use case or a route to a domain, or several of them at once. */
import { changeProject } from '../command.js';
import { add, type Wanted } from './add.js';
import { ask } from './ask.js';

const VARIABLES = ['DOMAIN', 'EVENT', 'USECASE', 'ON', 'ROUTE'] as const;

async function wanted(): Promise<Wanted> {
  const given = VARIABLES.flatMap((name) => {
    const value = process.env[name]?.trim() ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  if (given.length > 0) return Object.fromEntries(given);
  return ask(process.stdin, process.stdout);
}

await changeProject(async (open) => {
  const what = await wanted();
  const plan = await open();
  const added = add(plan, what);
  return {
    plan,
    title: `In ${String(what.DOMAIN)}, ${added.join(', ')}:`,
    next: 'Done. `make test` checks it, and `make run` runs it.',
  };
});
