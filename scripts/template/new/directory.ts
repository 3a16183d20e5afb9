import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { type Domain, eventListIn, eventsOf, moduleOf } from './domain.js';
import { directoryFiles } from './directory_texts.js';
import { ensureExample } from './examples.js';
import { exportAll } from './exports.js';
import { importNames, specifier } from './imports.js';
import { routesOf } from './routes.js';
import { refuseTakenNames, refuseTakenSchema, TAKEN } from './taken.js';

const REPO_CONTRACTS = 'internal/repo/contracts.ts';
const VIEWS = 'internal/repo/persistent/views/';

/**
 * Sees to it that a domain has a directory: the view of what its events are about, its port, and how it is
 * answered.
 * @throws Refusal where it has a view of another kind
 */
export function ensureDirectory(plan: Plan, domain: Domain): void {
  const { one, snake } = domain;
  const { source: routes, at } = routesOf(plan, domain);
  // What new queries answer; a view of another kind has none.
  const answer = `${one.camel}Answer`;
  if (routes.getVariableDeclaration(answer)) return;
  const [event] = eventsOf(plan, domain);
  if (event === undefined || domain.eventFile === undefined) {
    const first = `make new EVENT=${snake.replace(/s$/, '')}.placed DOMAIN=${snake}`;
    throw new Refusal(`ROUTE: ${snake} has no event yet, and what is read is made of events: ${first}`);
  }
  if (TAKEN.includes(one.pascal)) {
    throw new Refusal(
      `ROUTE: the type of what is read would be ${one.pascal}, which is taken: choose another first word for the events`,
    );
  }
  const places = {
    entity: `internal/entity/${one.snake}.ts`,
    port: domain.portFile,
    adapter: `${VIEWS}${one.snake}_directory.ts`,
    entityTest: `${domain.testFolder}${one.snake}.test.ts`,
    adapterTest: `${domain.testFolder}${one.snake}_directory.test.ts`,
  };
  const there = Object.values(places).find((file) => plan.has(file));
  if (there !== undefined) {
    throw new Refusal(
      `ROUTE: ${snake} has a view of its own, see ${there}: write the route by hand, as those in ${domain.routeFile}`,
    );
  }
  refuseTakenSchema(plan, 'ROUTE: it', one.pascal);
  refuseTakenNames(plan, 'ROUTE: it', [`${one.pascal}Directory`, `InMemory${one.pascal}Directory`]);
  ensureExample(plan, domain, { event, eventFile: domain.eventFile });
  const files = directoryFiles({ domain, eventFile: domain.eventFile, event });
  for (const [part, file] of Object.entries(places)) plan.write(file, files[part as keyof typeof places]);
  exportAll(plan.source(REPO_CONTRACTS), `./contracts/${snake}.js`);
  wire(plan, domain, { eventFile: domain.eventFile, adapter: places.adapter });
  importNames(routes, 'zod', ['z']);
  routes.insertStatements(
    at(),
    `\nconst ${answer} = z
  .object({
    id: z.string(),
    lastEvent: z.string().describe('The type of the last event.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: '${one.pascal}' });\n`,
  );
}

function wire(
  plan: Plan,
  domain: Domain,
  { eventFile, adapter }: { eventFile: string; adapter: string },
): void {
  const { source, body } = moduleOf(plan, domain);
  const port = `${domain.one.pascal}Directory`;
  const events = eventListIn(plan.source(eventFile)).name;
  importNames(source, specifier(domain.moduleFile, eventFile), [events]);
  importNames(source, '../../repo/contracts.js', ['EventBus', port]);
  importNames(source, specifier(domain.moduleFile, adapter), [`InMemory${port}`]);
  importNames(source, '../tokens.js', ['View']);
  body.addStatements(`bind(${port}).toDynamicValue(() => new InMemory${port}());
  bind<View>(View).toDynamicValue((context) => () => {
    const directory = context.get<${port}>(${port});
    return context.get<EventBus>(EventBus).follow(${events}, (event) => directory.apply(event));
  });`);
}
