import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { addContract, bindUseCase } from './contracts.js';
import { ensureDirectory } from './directory.js';
import { type Domain, eventsOf } from './domain.js';
import { importNames } from './imports.js';
import { checkSnake, type RouteName, sentence, type Spelled } from './names.js';
import { queryFiles } from './query_texts.js';
import { addCase, addToRoutes, giveUseCase, operation, optionOf, routesOf } from './routes.js';
import { refuseTakenNames, refuseTakenSchema, refuseTakenUseCase } from './taken.js';

/** A query: one thing by its id, or a part of the list of all. */
type Kind = 'one' | 'list';

interface QueryParts {
  name: RouteName;
  kind: Kind;
  query: Spelled;
}

/**
 * Adds a route that reads, with the use case that it calls, and for the first of a domain, the view that answers:
 * the directory of what the domain's events are about.
 */
export function newQuery(
  plan: Plan,
  domain: Domain,
  { name, useCase }: { name: RouteName; useCase: Spelled | undefined },
): void {
  const kind: Kind = name.hasId ? 'one' : 'list';
  const usual = kind === 'one' ? `get_${domain.one.snake}` : `list_${domain.snake}`;
  const query = useCase ?? checkSnake('USECASE', usual);
  const isThere = plan.has(`${domain.useCaseFolder}${query.snake}.ts`);
  if (isThere) refuseOtherKind(plan, domain, { name, kind, query });
  ensureDirectory(plan, domain);
  if (!isThere) addQuery(plan, domain, { kind, query });
  addRoute(plan, domain, { name, kind, query });
  addCases(plan, domain, { name, kind, query });
}

/** @throws Refusal where the use case is none that the route can call */
function refuseOtherKind(plan: Plan, domain: Domain, { name, kind, query }: QueryParts): void {
  const contract = plan.has(domain.contractFile) ? plan.source(domain.contractFile) : undefined;
  const takes = contract?.getInterface(query.pascal)?.getMethod('execute')?.getParameters()[0];
  const type = takes?.getTypeNode()?.getText();
  if (type === (kind === 'one' ? 'string' : 'PageRequest')) return;
  const asked = kind === 'one' ? 'asked for one by its id' : 'asked for a part of a list';
  throw new Refusal(
    `ROUTE: ${operation(name)} calls a use case that is ${asked}, and ${query.snake} is not: ` +
      'leave USECASE out, or name a new one',
  );
}

function addQuery(plan: Plan, domain: Domain, { kind, query }: Omit<QueryParts, 'name'>): void {
  refuseTakenUseCase(plan, domain, query);
  const files = queryFiles({ domain, name: query, kind });
  addContract(plan, domain, files);
  plan.write(`${domain.useCaseFolder}${query.snake}.ts`, files.useCase);
  plan.write(`${domain.testFolder}${query.snake}.test.ts`, files.test);
  bindUseCase(plan, domain, query);
}

function addRoute(plan: Plan, domain: Domain, { name, kind, query }: QueryParts): void {
  const { source, at } = routesOf(plan, domain);
  const { one, snake, words } = domain;
  giveUseCase(plan, domain, query);
  const page = `${one.camel}Page`;
  if (kind === 'list' && !source.getVariableDeclaration(page)) {
    refuseTakenNames(plan, 'ROUTE: it', [`${one.pascal}Page`]);
    refuseTakenSchema(plan, 'ROUTE: it', `${one.pascal}Page`);
    source.insertStatements(at(), `\nconst ${page} = pageOf('${one.pascal}Page', ${one.camel}Answer);\n`);
  }
  importNames(source, 'zod', kind === 'list' ? ['z'] : []);
  importNames(source, './schemas.js', kind === 'one' ? ['idPath'] : ['pageOf', 'pageQuery']);
  const call = optionOf(plan, domain, query.camel);
  const rest =
    kind === 'one'
      ? `summary: '${sentence(query.words)}',
      request: { params: idPath },
      replies: { 200: { description: 'As far as its events have come to this instance.', body: ${one.camel}Answer } },
      problems: { 404: 'There is no such ${one.words}.' },
      async handle({ params }) {
        return { status: 200, body: await ${call}.execute(params.id) };
      },`
      : `summary: '${sentence(query.words)} in the order of their ids',
      request: { query: z.strictObject(pageQuery) },
      replies: { 200: { description: 'Some of the ${words}.', body: ${page} } },
      async handle({ query }) {
        return { status: 200, body: await ${call}.execute(query) };
      },`;
  const route = `defineRoute({ method: 'get', path: '${name.path}', tag: '${snake}', ${rest} })`;
  addToRoutes(plan, domain, { name, route });
}

function addCases(plan: Plan, domain: Domain, { name, kind, query }: QueryParts): void {
  const { one } = domain;
  const found = `${one.camel}Example`;
  const answer =
    kind === 'one'
      ? `{}, { 200: ${found}, 404: new NotFound('${one.upper}_NOT_FOUND', 'There is none.') }`
      : `{ path: '${name.path}?limit=1&after=a' }, { 200: { items: [${found}], next: 'u-1' } }`;
  const source = addCase(
    plan,
    domain,
    `...answers('${operation(name)}', (api) => api.stub(${query.pascal}, 'execute'), ${answer})`,
  );
  importNames(source, '../../../internal/usecase/contracts.js', [query.pascal]);
  if (kind === 'one') importNames(source, '../../../internal/entity/errors.js', ['NotFound']);
  if (source.getVariableDeclaration(found)) return;
  const cases = source.getVariableStatementOrThrow(`${one.camel}Cases`);
  source.insertStatements(
    cases.getChildIndex(),
    `const ${found} = {
  id: 'u-1',
  lastEvent: '${eventsOf(plan, domain)[0]?.type ?? ''}',
  createdAt: '2025-10-09T12:00:00.000Z',
  updatedAt: '2025-10-09T12:00:00.000Z',
};
`,
  );
}
