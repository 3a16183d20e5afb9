import path from 'node:path';
import { SyntaxKind } from 'ts-morph';
import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { refuseOwnId, refuseShapeless } from './data_schema.js';
import { type Domain, eventsOf, findDomain, type KnownEvent } from './domain.js';
import { ensureExample, exampleOf } from './examples.js';
import { importNames, specifier } from './imports.js';
import { checkRoute, type RouteName, sentence, type Spelled, spelled } from './names.js';
import { newQuery } from './new_query.js';
import {
  addCase,
  addToRoutes,
  givePublishTimeout,
  giveUseCase,
  operation,
  optionOf,
  refuseTakenRoute,
  routesOf,
} from './routes.js';
import { refuseTakenNames, refuseTakenSchema } from './taken.js';

/** A route that is to be made. */
export interface NewRoute {
  domain: Spelled;
  route: string;
  /** The use case behind it, where the domain has several. */
  useCase: Spelled | undefined;
}

/**
 * Adds an HTTP route to a use case, with what is documented of it and the cases that hold it to that. A route that
 * reads brings its use case along.
 */
export function newRoute(plan: Plan, { domain: domainName, route, useCase }: NewRoute): void {
  const name = checkRoute(route);
  const domain = findDomain(plan, domainName);
  refuseTakenRoute(plan, domain, name);
  if (name.method === 'get') {
    newQuery(plan, domain, { name, useCase });
    return;
  }
  const command = commandFor(plan, domain, useCase);
  const { event, schema } = publishedBy(plan, domain, command);
  addRoute(plan, domain, { name, command, schema });
  addCases(plan, domain, { name, command, event });
}

/** The use case that the route calls: the one that is named, or the only one that no route calls yet. */
function commandFor(plan: Plan, domain: Domain, wanted: Spelled | undefined): Spelled {
  const known = commandsOf(plan, domain);
  const hint = `make new USECASE=place_${domain.one.snake} DOMAIN=${domain.snake}`;
  if (known.length === 0) throw new Refusal(`ROUTE: ${domain.snake} has no use case to call yet: ${hint}`);
  if (wanted !== undefined) {
    const found = known.find(({ snake }) => snake === wanted.snake);
    if (found) return found;
    const names = known.map(({ snake }) => snake).join(', ');
    throw new Refusal(`ROUTE: ${domain.snake} has no use case ${wanted.snake} to call, only ${names}`);
  }
  const called = plan.has(domain.routeFile) ? plan.read(domain.routeFile) : '';
  const free = known.filter(({ camel }) => !new RegExp(`\\b${camel}\\.execute\\(`).test(called));
  const [only, ...others] = free.length === 0 ? known : free;
  if (only !== undefined && others.length === 0) return only;
  const names = known.map(({ snake }) => snake).join(', ');
  throw new Refusal(`ROUTE: say with USECASE=… which use case it calls: ${names}`, true);
}

/**
 * The use cases of a domain that are called, as opposed to reacting to an event. Their files say how their names are
 * written, which the contracts do not: `Verify2fa` may be `verify_2fa`.
 */
function commandsOf(plan: Plan, { contractFile, useCaseFolder }: Domain): Spelled[] {
  if (!plan.has(contractFile)) return [];
  const contracts = plan.source(contractFile);
  const files = plan.files().filter((file) => file.startsWith(useCaseFolder));
  return files
    .map((file) => spelled(path.posix.basename(file, '.ts')))
    .filter(({ pascal }) => {
      const execute = contracts.getInterface(pascal)?.getMethod('execute');
      const isCalled = execute?.getReturnType().getText().includes('void') === false;
      return isCalled && contracts.getTypeAlias(`${pascal}Input`) !== undefined;
    });
}

/** The event that a use case publishes, and the schema of its data. */
function publishedBy(plan: Plan, domain: Domain, command: Spelled): { event: KnownEvent; schema: string } {
  const useCase = plan.source(`${domain.useCaseFolder}${command.snake}.ts`);
  const used = new Set(useCase.getDescendantsOfKind(SyntaxKind.Identifier).map((one) => one.getText()));
  const event = eventsOf(plan, domain).find(({ name }) => used.has(name));
  if (event?.dataSchema !== undefined) {
    refuseOwnId(plan, 'ROUTE', { domain, event });
    refuseShapeless(plan, { domain, event });
    return { event, schema: event.dataSchema };
  }
  throw new Refusal(
    `ROUTE: the data of ${event?.type ?? 'the event'} have no schema of their own to take into the route: ` +
      `export it from ${String(domain.eventFile)} and use it there as the event's data`,
  );
}

interface RouteParts {
  name: RouteName;
  command: Spelled;
}

function addRoute(
  plan: Plan,
  domain: Domain,
  { name, command, schema }: RouteParts & { schema: string },
): void {
  const { source, at } = routesOf(plan, domain);
  const { routeFile, snake, eventFile = '' } = domain;
  const body = `${command.camel}${name.hasId ? 'ById' : ''}Body`;
  if (source.getVariableDeclaration(body)) {
    throw new Refusal(`ROUTE: ${routeFile} has a route to ${command.snake} like this already`);
  }
  const meta = `${command.pascal}${name.hasId ? 'ById' : ''}`;
  refuseTakenSchema(plan, 'ROUTE: it', meta);
  if (meta !== command.pascal) refuseTakenNames(plan, 'ROUTE: it', [meta]);
  givePublishTimeout(plan, domain);
  giveUseCase(plan, domain, command);
  importNames(source, 'zod', ['z']);
  importNames(source, specifier(routeFile, eventFile), [schema]);
  importNames(source, './schemas.js', [name.hasId ? 'idPath' : 'idInput', 'recorded', 'unpublished']);
  const id = name.hasId ? '' : 'id: idInput.optional(), ';
  source.insertStatements(
    at(),
    `\nconst ${body} = z.strictObject({ ${id}...${schema}.shape }).meta({ id: '${meta}' });\n`,
  );
  const timeout = optionOf(plan, domain, 'publishTimeoutMs');
  const call = optionOf(plan, domain, command.camel);
  const input = name.hasId ? '{ ...body, id: params.id }' : 'body';
  const route = `defineRoute({
      method: '${name.method}',
      path: '${name.path}',
      tag: '${snake}',
      summary: '${sentence(command.words)}',
      idempotent: true,
      request: { ${name.hasId ? 'params: idPath, ' : ''}body: ${body} },
      replies: { 202: { description: 'The event is stored.', body: recorded } },
      problems: unpublished,
      async handle({ ${name.hasId ? 'params, ' : ''}body, idempotencyKey }) {
        const how = { idempotencyKey, signal: AbortSignal.timeout(${timeout}) };
        return { status: 202, body: await ${call}.execute(${input}, how) };
      },
    })`;
  addToRoutes(plan, domain, { name, route });
}

function addCases(
  plan: Plan,
  domain: Domain,
  { name, command, event }: RouteParts & { event: KnownEvent },
): void {
  ensureExample(plan, domain, { event, eventFile: domain.eventFile ?? '' });
  const source = addCase(
    plan,
    domain,
    `...answers(
    '${operation(name)}',
    (api) => api.stub(${command.pascal}, 'execute'),
    { body: ${name.hasId ? exampleOf(event) : `{ id: 'a-1', ...${exampleOf(event)} }`} },
    { 202: recorded, 503: unconfirmed },
  )`,
  );
  importNames(source, '../../../internal/usecase/contracts.js', [command.pascal]);
  importNames(source, '../support/http_case.js', ['answers', 'recorded', 'unconfirmed']);
  importNames(source, './examples.js', [exampleOf(event)]);
}
