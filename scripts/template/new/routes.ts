/** What all new routes of a domain share: the file that declares them, their wiring, and their cases. */
import { Node, type ObjectLiteralExpression, type SourceFile, SyntaxKind } from 'ts-morph';
import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { type Domain, moduleOf, textOf } from './domain.js';
import { importNames } from './imports.js';
import { type RouteName, type Spelled } from './names.js';

const CASES = 'test/service/http/cases.ts';
const ROUTES = 'internal/controller/http/v1/';
/** What routes that take their options apart call those that they do not name. */
const REST = 'others';

/** As people write it: `POST /orders`. */
export const operation = ({ method, path }: RouteName): string => `${method.toUpperCase()} ${path}`;

/** @throws Refusal where there is such a route, or one of another domain that answers the same requests */
export function refuseTakenRoute(plan: Plan, { routeFile }: Domain, name: RouteName): void {
  for (const file of plan.files().filter((one) => one.startsWith(ROUTES))) {
    for (const fields of plan.source(file).getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression)) {
      const declared = field(fields, 'path');
      if (declared === undefined) continue;
      if (declared !== name.path && swallows(declared, name.path, file === routeFile)) {
        throw new Refusal(
          `ROUTE: ${name.path} and ${declared} in ${file} would answer the same requests, whatever their methods: ` +
            'choose another path, or write the route by hand beside that one',
        );
      }
      if (declared !== name.path) continue;
      if ((field(fields, 'method') ?? name.method) !== name.method) continue;
      throw new Refusal(`ROUTE: there is a route ${operation(name)} already, in ${file}`);
    }
  }
}

function field(fields: ObjectLiteralExpression, name: string): string | undefined {
  return textOf(fields.getProperty(name)?.asKind(SyntaxKind.PropertyAssignment)?.getInitializer());
}

/** The file of a domain's routes, which is made where there is none, and what stands in it. */
export function routesOf(plan: Plan, { one, routeFile, words }: Domain) {
  if (!plan.has(routeFile)) {
    plan.write(
      routeFile,
      `import { defineRoute, type Route } from '../../../../pkg/httpserver/index.js';

export interface ${one.pascal}RoutesOptions {
}

/** The routes to ${words}. */
export function ${one.camel}Routes(options: ${one.pascal}RoutesOptions): Route[] {
  return [];
}
`,
    );
  }
  const source = plan.source(routeFile);
  const routes = source.getFunction(`${one.camel}Routes`);
  const list = routes?.getFirstDescendantByKind(SyntaxKind.ReturnStatement)?.getExpression();
  const options = source.getInterface(`${one.pascal}RoutesOptions`);
  if (!routes || !options || !Node.isArrayLiteralExpression(list)) {
    throw new Refusal(
      `ROUTE: ${routeFile} has no ${one.camel}Routes that takes ${one.pascal}RoutesOptions and returns a list of routes`,
    );
  }
  return { source, options, list, parameter: routes.getParameters()[0], at: () => routes.getChildIndex() };
}

/** How the routes of a domain call one of their options, which they may have taken apart. */
export function optionOf(plan: Plan, domain: Domain, name: string): string {
  const named = routesOf(plan, domain).parameter?.getNameNode();
  const pattern = named?.asKind(SyntaxKind.ObjectBindingPattern);
  if (!pattern) return `${named?.getText() ?? 'options'}.${name}`;
  const elements = pattern.getElements();
  if (elements.some((element) => element.getText() === name)) return name;
  const rest = elements.find((element) => element.getDotDotDotToken())?.getName() ?? REST;
  // Taken apart as well, it might meet another name of theirs.
  const names = elements
    .filter((element) => !element.getDotDotDotToken())
    .map((element) => element.getText());
  pattern.replaceWithText(`{ ${[...names, `...${rest}`].join(', ')} }`);
  return `${rest}.${name}`;
}

/** Adds a route to those of a domain: before any whose parameter would take what it stands for. */
export function addToRoutes(plan: Plan, domain: Domain, { name, route }: { name: RouteName; route: string }) {
  const { list } = routesOf(plan, domain);
  const elements = list.getElements();
  const at = elements.findIndex((element) => {
    const [fields] = element.asKind(SyntaxKind.CallExpression)?.getArguments() ?? [];
    const declared = Node.isObjectLiteralExpression(fields) ? field(fields, 'path') : undefined;
    return declared !== undefined && declared !== name.path && takes(declared, name.path);
  });
  list.insertElement(at < 0 ? elements.length : at, route);
}

/** Whether one of two paths would keep requests from the other; in one list, their order sees to both. */
function swallows(one: string, other: string, inOneList: boolean): boolean {
  const [there, back] = [takes(one, other), takes(other, one)];
  return inOneList ? there && back : there || back;
}

/** Whether all requests to a path would come to one that was declared before it. */
function takes(declared: string, path: string): boolean {
  const segments = path.split('/');
  const own = declared.split('/');
  return (
    own.length === segments.length && own.every((one, at) => one === segments[at] || one.startsWith('{'))
  );
}

/** Gives the routes of a domain a use case to call, here and in the domain's module. */
export function giveUseCase(plan: Plan, domain: Domain, port: Spelled): void {
  const { source, options } = routesOf(plan, domain);
  importNames(source, '../../../usecase/contracts.js', [`type ${port.pascal}`]);
  const known = options.getProperty(port.camel);
  if (known && known.getTypeNode()?.getText() !== port.pascal) {
    throw new Refusal(
      `ROUTE: the routes of ${domain.snake} have another option ${port.camel}, in ${domain.routeFile}`,
    );
  }
  if (!known) options.addProperty({ name: port.camel, type: port.pascal });
  giveOption(plan, domain, { name: port.camel, value: `context.get(${port.pascal})` });
}

/** Lets the routes of a domain know how long the brokers may take. */
export function givePublishTimeout(plan: Plan, domain: Domain): void {
  const { options } = routesOf(plan, domain);
  if (options.getProperty('publishTimeoutMs')) return;
  options.insertProperty(0, {
    name: 'publishTimeoutMs',
    type: 'number',
    docs: ['Milliseconds that the brokers get to acknowledge an event.'],
  });
  const { source } = moduleOf(plan, domain);
  importNames(source, '../../../config/config.js', ['type Config as AppConfig']);
  importNames(source, '../tokens.js', ['Config']);
  const value = 'context.get<AppConfig>(Config).HTTP.PUBLISH_TIMEOUT';
  giveOption(plan, domain, { name: 'publishTimeoutMs', value });
}

function giveOption(plan: Plan, domain: Domain, { name, value }: { name: string; value: string }): void {
  const { source, body } = moduleOf(plan, domain);
  const routes = `${domain.one.camel}Routes`;
  const find = () =>
    source
      .getDescendantsOfKind(SyntaxKind.CallExpression)
      .find((call) => call.getExpression().getText() === routes);
  if (!find()) {
    importNames(source, '../../../pkg/httpserver/index.js', ['type Route']);
    importNames(source, `../../controller/http/v1/${domain.snake}.js`, [routes]);
    importNames(source, '../tokens.js', ['ApiRoutes']);
    body.addStatements(`bind<Route[]>(ApiRoutes).toDynamicValue((context) => ${routes}({}));`);
  }
  const options = find()?.getArguments()[0];
  if (!Node.isObjectLiteralExpression(options)) {
    throw new Refusal(`ROUTE: ${domain.moduleFile} does not call ${routes} with options`);
  }
  if (!options.getProperty(name)) options.addPropertyAssignment({ name, initializer: value });
}

/** Adds what a route answers to the cases of its domain, which are made where there are none. @returns their file */
export function addCase(plan: Plan, domain: Domain, text: string): SourceFile {
  const file = `${domain.testFolder}http_cases.ts`;
  const cases = `${domain.one.camel}Cases`;
  if (!plan.has(file)) {
    plan.write(
      file,
      `import { answers } from '../support/http_case.js';

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
  source
    .getVariableDeclarationOrThrow(cases)
    .getFirstDescendantByKindOrThrow(SyntaxKind.ArrayLiteralExpression)
    .addElement(text);
  return source;
}
