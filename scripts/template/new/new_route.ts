import { Node, type SourceFile, SyntaxKind } from 'ts-morph';
import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { type Domain, eventsOf, findDomain, importNames, moduleOf, specifier, textOf } from './domain.js';
import { checkRoute, type RouteName, sentence, type Spelled, spelled } from './names.js';

const CASES = 'test/service/http/cases.ts';
const ROUTES = 'internal/controller/http/v1/';

/** A route that is to be made. */
export interface NewRoute {
  domain: Spelled;
  route: string;
  /** The use case behind it, where the domain has several. */
  useCase: Spelled | undefined;
}

/** Adds an HTTP route to a use case, with what is documented of it and the cases that hold it to that. */
export function newRoute(plan: Plan, { domain: domainName, route, useCase }: NewRoute): void {
  const name = checkRoute(route);
  const domain = findDomain(plan, domainName);
  refuseTaken(plan, name);
  const command = commandFor(plan, domain, useCase);
  const schema = dataSchemaOf(plan, domain, command);
  addRoute(plan, domain, { name, command, schema });
  wire(plan, domain, command);
  addCases(plan, domain, { name, command });
}

const operation = ({ method, path }: RouteName): string => `${method.toUpperCase()} ${path}`;

function refuseTaken(plan: Plan, name: RouteName): void {
  for (const file of plan.files().filter((one) => one.startsWith(ROUTES))) {
    for (const fields of plan.source(file).getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression)) {
      const field = (key: string) =>
        textOf(fields.getProperty(key)?.asKind(SyntaxKind.PropertyAssignment)?.getInitializer());
      if (field('path') !== name.path || (field('method') ?? name.method) !== name.method) continue;
      throw new Refusal(`ROUTE: there is a route ${operation(name)} already, in ${file}`);
    }
  }
}

/** The use case that the route calls: the one that is named, or the only one that no route calls yet. */
function commandFor(plan: Plan, domain: Domain, wanted: Spelled | undefined): Spelled {
  const known = plan.has(domain.contractFile) ? commandsIn(plan.source(domain.contractFile)) : [];
  const hint = `make new USECASE=place_${domain.one.snake} DOMAIN=${domain.snake}`;
  if (known.length === 0) throw new Refusal(`ROUTE: ${domain.snake} has no use case to call yet: ${hint}`);
  if (wanted !== undefined) {
    const found = known.find(({ pascal }) => pascal === wanted.pascal);
    if (found) return found;
    const names = known.map(({ snake }) => snake).join(', ');
    throw new Refusal(`ROUTE: ${domain.snake} has no use case ${wanted.snake} to call, only ${names}`);
  }
  const called = plan.has(domain.routeFile) ? plan.read(domain.routeFile) : '';
  const free = known.filter(({ camel }) => !called.includes(`${camel}.execute(`));
  const [only, ...others] = free.length === 0 ? known : free;
  if (only !== undefined && others.length === 0) return only;
  const names = known.map(({ snake }) => snake).join(', ');
  throw new Refusal(`ROUTE: say with USECASE=… which use case it calls: ${names}`, true);
}

/** The use cases of a file of contracts that are called, as opposed to reacting to an event. */
function commandsIn(source: SourceFile): Spelled[] {
  return source.getInterfaces().flatMap((port) => {
    const execute = port.getMethod('execute');
    const isCalled = execute?.getReturnType().getText().includes('void') !== true;
    if (!execute || !isCalled || !source.getTypeAlias(`${port.getName()}Input`)) return [];
    return [
      spelled(
        port
          .getName()
          .replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`)
          .toLowerCase(),
      ),
    ];
  });
}

/** The schema of the data of the event that a use case publishes. */
function dataSchemaOf(plan: Plan, domain: Domain, command: Spelled): string {
  const useCase = plan.source(`${domain.useCaseFolder}${command.snake}.ts`);
  const used = new Set(useCase.getDescendantsOfKind(SyntaxKind.Identifier).map((one) => one.getText()));
  const event = eventsOf(plan, domain).find(({ name }) => used.has(name));
  if (event?.dataSchema !== undefined) return event.dataSchema;
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
  const { one, routeFile, snake, words, eventFile = '' } = domain;
  if (!plan.has(routeFile)) {
    plan.write(
      routeFile,
      `import { z } from 'zod';
import { defineRoute, type Route } from '../../../../pkg/httpserver/index.js';
import { recorded, unpublished } from './schemas.js';

export interface ${one.pascal}RoutesOptions {
  /** Milliseconds that the brokers get to acknowledge an event. */
  publishTimeoutMs: number;
}

/** The routes to ${words}. */
export function ${one.camel}Routes(options: ${one.pascal}RoutesOptions): Route[] {
  return [];
}
`,
    );
  }
  const source = plan.source(routeFile);
  const routes = source.getFunctionOrThrow(`${one.camel}Routes`);
  const list = routes.getFirstDescendantByKindOrThrow(SyntaxKind.ReturnStatement).getExpression();
  const options = source.getInterface(`${one.pascal}RoutesOptions`);
  if (!Node.isArrayLiteralExpression(list) || !options) {
    throw new Refusal(`ROUTE: ${routeFile} does not return a list of routes`);
  }
  const body = `${command.camel}${name.hasId ? 'ById' : ''}Body`;
  if (source.getVariableDeclaration(body)) {
    throw new Refusal(`ROUTE: ${routeFile} has a route to ${command.snake} like this already`);
  }
  if (!options.getProperty(command.camel)) options.addProperty({ name: command.camel, type: command.pascal });
  importNames(source, '../../../usecase/contracts.js', [`type ${command.pascal}`]);
  importNames(source, specifier(routeFile, eventFile), [schema]);
  importNames(source, './schemas.js', [name.hasId ? 'idPath' : 'idInput']);
  const id = name.hasId ? '' : 'id: idInput.optional(), ';
  const meta = `${command.pascal}${name.hasId ? 'ById' : ''}`;
  source.insertStatements(
    routes.getChildIndex(),
    `\nconst ${body} = z.strictObject({ ${id}...${schema}.shape }).meta({ id: '${meta}' });\n`,
  );
  const input = name.hasId ? '{ ...body, id: params.id }' : 'body';
  list.addElement(`defineRoute({
      method: '${name.method}',
      path: '${name.path}',
      tag: '${snake}',
      summary: '${sentence(command.words)}',
      idempotent: true,
      request: { ${name.hasId ? 'params: idPath, ' : ''}body: ${body} },
      replies: { 202: { description: 'The event is stored.', body: recorded } },
      problems: unpublished,
      async handle({ ${name.hasId ? 'params, ' : ''}body, idempotencyKey }) {
        const how = { idempotencyKey, signal: AbortSignal.timeout(options.publishTimeoutMs) };
        return { status: 202, body: await options.${command.camel}.execute(${input}, how) };
      },
    })`);
}

function wire(plan: Plan, domain: Domain, command: Spelled): void {
  const { source, body } = moduleOf(plan, domain);
  const routes = `${domain.one.camel}Routes`;
  const find = () =>
    source
      .getDescendantsOfKind(SyntaxKind.CallExpression)
      .find((call) => call.getExpression().getText() === routes);
  if (!find()) {
    importNames(source, '../../../config/config.js', ['type Config as AppConfig']);
    importNames(source, '../../../pkg/httpserver/index.js', ['type Route']);
    importNames(source, `../../controller/http/v1/${domain.snake}.js`, [routes]);
    importNames(source, '../tokens.js', ['ApiRoutes', 'Config']);
    body.addStatements(`bind<Route[]>(ApiRoutes).toDynamicValue((context) =>
    ${routes}({ publishTimeoutMs: context.get<AppConfig>(Config).HTTP.PUBLISH_TIMEOUT }),
  );`);
  }
  const options = find()?.getArguments()[0];
  if (!Node.isObjectLiteralExpression(options)) {
    throw new Refusal(`ROUTE: ${domain.moduleFile} does not call ${routes} with options`);
  }
  if (options.getProperty(command.camel)) return;
  options.addPropertyAssignment({ name: command.camel, initializer: `context.get(${command.pascal})` });
}

function addCases(plan: Plan, domain: Domain, { name, command }: RouteParts): void {
  const file = `${domain.testFolder}http_cases.ts`;
  const cases = `${domain.one.camel}Cases`;
  if (!plan.has(file)) {
    plan.write(
      file,
      `import { answers, recorded, unconfirmed } from '../support/http_case.js';

/** What the routes of ${domain.words} answer. */
export const ${cases} = [];
`,
    );
    const all = plan.source(CASES);
    importNames(all, `../${domain.snake}/http_cases.js`, [cases]);
    all
      .getVariableDeclarationOrThrow('CASES')
      .getFirstDescendantByKindOrThrow(SyntaxKind.ArrayLiteralExpression)
      .addElement(`...${cases}`);
  }
  const source = plan.source(file);
  importNames(source, '../../../internal/usecase/contracts.js', [command.pascal]);
  importNames(source, '../support/http_case.js', ['answers', 'recorded', 'unconfirmed']);
  const list = source
    .getVariableDeclarationOrThrow(cases)
    .getFirstDescendantByKindOrThrow(SyntaxKind.ArrayLiteralExpression);
  list.addElement(`...answers(
    '${operation(name)}',
    (api) => api.stub(${command.pascal}, 'execute'),
    { body: { ${name.hasId ? '' : "id: 'a-1', "}note: 'said' } },
    { 202: recorded, 503: unconfirmed },
  )`);
}
