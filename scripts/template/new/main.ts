/** Adds an event, a use case or a route to a domain, or several of them at once. */
import { changeProject } from '../command.js';
import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { ask, type Wanted } from './ask.js';
import { eventsOf, findDomain } from './domain.js';
import { checkSnake } from './names.js';
import { newEvent } from './new_event.js';
import { newRoute } from './new_route.js';
import { newUseCase } from './new_use_case.js';

const USAGE = `Usage: make new DOMAIN=orders … [DRY=1], with one or more of
  EVENT=order.placed      an event; the first of a domain also makes its topic and its module
  USECASE=place_order     a use case that publishes the domain's event, or the one of EVENT=…
  USECASE=bill_order ON=order.placed
                          a use case that is called with each such event
  ROUTE='POST /orders'    an HTTP route to the domain's use case, or the one of USECASE=…
DRY shows what would be written, and writes nothing.`;

const VARIABLES = ['DOMAIN', 'EVENT', 'USECASE', 'ON', 'ROUTE'] as const;

async function wanted(): Promise<Wanted> {
  const given = VARIABLES.flatMap((name) => {
    const value = process.env[name]?.trim() ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  if (given.length > 0) return Object.fromEntries(given);
  if (!process.stdin.isTTY) throw new Refusal(USAGE, true);
  return ask();
}

/** @returns what was added, in words */
function add(plan: Plan, { DOMAIN, EVENT, USECASE, ON, ROUTE }: Wanted): string[] {
  if (DOMAIN === undefined) throw new Refusal(`DOMAIN is missing\n\n${USAGE}`, true);
  if (EVENT === undefined && USECASE === undefined && ROUTE === undefined) {
    throw new Refusal(`EVENT, USECASE or ROUTE is missing\n\n${USAGE}`, true);
  }
  if (ON !== undefined && (USECASE === undefined || ROUTE !== undefined)) {
    throw new Refusal(`ON belongs to USECASE, without a ROUTE\n\n${USAGE}`, true);
  }
  const domain = checkSnake('DOMAIN', DOMAIN);
  const name = USECASE === undefined ? undefined : checkSnake('USECASE', USECASE);
  const added: string[] = [];
  const isKnown = eventsOf(plan, findDomain(plan, domain)).some(({ type }) => type === EVENT);
  // With a use case or a route, EVENT may name the event that is meant.
  if (EVENT !== undefined && (!isKnown || (name === undefined && ROUTE === undefined))) {
    newEvent(plan, domain, EVENT);
    added.push(`the event ${EVENT}`);
  }
  const useCaseExists =
    name !== undefined && plan.has(`${findDomain(plan, domain).useCaseFolder}${name.snake}.ts`);
  if (name !== undefined && !(useCaseExists && ROUTE !== undefined)) {
    newUseCase(plan, { domain, name, publishes: EVENT, on: ON });
    added.push(`the use case ${name.snake}`);
  }
  if (ROUTE !== undefined) {
    newRoute(plan, { domain, route: ROUTE, useCase: name });
    added.push(`the route ${ROUTE}`);
  }
  return added;
}

await changeProject(async (plan) => {
  const what = await wanted();
  const added = add(plan, what);
  return {
    title: `In ${String(what.DOMAIN)}, ${added.join(', ')}:`,
    next: 'Done. `make test` checks it, and `make run` runs it.',
  };
});
