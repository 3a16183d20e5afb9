import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { clashesIn } from './clashes.js';
import { eventsOf, findDomain } from './domain.js';
import { withSortedImports } from './imports.js';
import { checkRoute, checkSnake } from './names.js';
import { newEvent } from './new_event.js';
import { newRoute } from './new_route.js';
import { newUseCase } from './new_use_case.js';

export const USAGE = `Usage: make new DOMAIN=orders … [DRY=1], with one or more of
  EVENT=order.placed      an event; the first of a domain also makes its topic and its module
  USECASE=place_order     a use case that publishes the domain's event, or the one of EVENT=…
  USECASE=bill_order ON=order.placed
                          a use case that is called with each such event
  ROUTE='POST /orders'    an HTTP route to the domain's use case, or the one of USECASE=…; PUT as well
  ROUTE='GET /orders/{id}'
                          an HTTP route that reads, with its use case; 'GET /orders' lists
Without any of these it asks, one answer a line. DRY shows what would be written, and writes nothing.`;

/** What make passes on: what is to be made, by the names of its variables. */
export interface Wanted {
  DOMAIN?: string;
  EVENT?: string;
  USECASE?: string;
  ON?: string;
  ROUTE?: string;
}

/**
 * Adds to a plan what is wanted.
 * @returns what was added, in words
 * @throws Refusal saying what is no good and how to mend it
 */
export function add(plan: Plan, wanted: Wanted): string[] {
  const before = new Map(plan.sources().map(({ file, source }) => [file, source.getFullText()]));
  const added = addParts(plan, wanted);
  for (const { file, source } of plan.sources()) {
    const was = before.get(file);
    if (source.getFullText() === was) continue;
    refuseClashes(file, was ?? '', source.getFullText());
    if (was === undefined) plan.write(file, withSortedImports(source));
  }
  return added;
}

/** @throws Refusal where a file would have two meanings for a name that had one */
function refuseClashes(file: string, was: string, text: string): void {
  const known = clashesIn(was);
  const name = [...clashesIn(text)].find((one) => !known.has(one));
  if (name === undefined) return;
  throw new Refusal(`in ${file} the name ${name} would have two meanings: choose other words`);
}

function addParts(plan: Plan, { DOMAIN, EVENT, USECASE, ON, ROUTE }: Wanted): string[] {
  if (DOMAIN === undefined) throw new Refusal(`DOMAIN is missing\n\n${USAGE}`, true);
  if (EVENT === undefined && USECASE === undefined && ROUTE === undefined) {
    throw new Refusal(`EVENT, USECASE or ROUTE is missing\n\n${USAGE}`, true);
  }
  if (ON !== undefined && (USECASE === undefined || ROUTE !== undefined)) {
    throw new Refusal(`ON belongs to USECASE, without a ROUTE\n\n${USAGE}`, true);
  }
  const domain = checkSnake('DOMAIN', DOMAIN);
  const name = USECASE === undefined ? undefined : checkSnake('USECASE', USECASE);
  // Its use case is made with it, and publishes nothing.
  const reads = ROUTE !== undefined && checkRoute(ROUTE).method === 'get';
  const publishes = !reads && (name !== undefined || ROUTE !== undefined);
  const added: string[] = [];
  const isKnown = eventsOf(plan, findDomain(plan, domain)).some(({ type }) => type === EVENT);
  // With a use case or a route that publishes, EVENT may name the event that is meant.
  if (EVENT !== undefined && !(isKnown && publishes)) {
    newEvent(plan, domain, EVENT);
    added.push(`the event ${EVENT}`);
  }
  const useCaseExists =
    name !== undefined && plan.has(`${findDomain(plan, domain).useCaseFolder}${name.snake}.ts`);
  if (name !== undefined && !reads && !(useCaseExists && ROUTE !== undefined)) {
    newUseCase(plan, { domain, name, publishes: EVENT, on: ON });
    added.push(`the use case ${name.snake}`);
  }
  if (ROUTE !== undefined) {
    newRoute(plan, { domain, route: ROUTE, useCase: name });
    added.push(`the route ${ROUTE}`);
  }
  return added;
}
