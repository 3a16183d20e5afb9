import path from 'node:path';
import { Node, type SourceFile, SyntaxKind } from 'ts-morph';
import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { importNames } from './imports.js';
import { sentence, type Spelled, spelled } from './names.js';

/** Where the parts of a domain are. */
export interface Domain extends Spelled {
  /** The word for one of them, as in `Order` and `orderEvents`; known once it has events. */
  one: Spelled;
  /** The file of its events; undefined while it has none. */
  eventFile: string | undefined;
  moduleFile: string;
  contractFile: string;
  /** Of the port to its view. */
  portFile: string;
  routeFile: string;
  reactionFile: string;
  useCaseFolder: string;
  testFolder: string;
}

const ENTITY = 'internal/entity/';
const CONTAINER = 'internal/app/container.ts';

/**
 * Finds a domain, existing or not.
 * @param one the word for one of them, for a domain without events
 * @throws Refusal where the name belongs to something else
 */
export function findDomain(plan: Plan, name: Spelled, one?: string): Domain {
  const events = plan
    .sources()
    .find(({ file, source }) => file.startsWith(ENTITY) && domainsIn(source).includes(name.snake));
  const domain = {
    ...name,
    one: events ? wordOf(events.source, events.file) : spelled(one ?? name.snake),
    eventFile: events?.file,
    moduleFile: `internal/app/modules/${name.snake}.ts`,
    contractFile: `internal/usecase/contracts/${name.snake}.ts`,
    portFile: `internal/repo/contracts/${name.snake}.ts`,
    routeFile: `internal/controller/http/v1/${name.snake}.ts`,
    reactionFile: `internal/controller/event/${name.snake}.ts`,
    useCaseFolder: `internal/usecase/${name.snake}/`,
    testFolder: `test/service/${name.snake}/`,
  };
  if (!events) refuseForeign(plan, domain);
  return domain;
}

/** @throws Refusal where files of something else lie where those of a new domain would */
function refuseForeign(plan: Plan, { snake, ...domain }: Domain): void {
  const places = [
    domain.moduleFile,
    domain.contractFile,
    domain.portFile,
    domain.routeFile,
    domain.reactionFile,
    domain.useCaseFolder,
    domain.testFolder,
  ];
  const there = plan
    .files()
    .find((file) => places.some((place) => (place.endsWith('/') ? file.startsWith(place) : file === place)));
  if (there === undefined) return;
  throw new Refusal(
    `DOMAIN: ${snake} is taken: ${there} is there already, and no part of a domain of events`,
  );
}

/**
 * The word for one thing of a domain, as it is written apart: `order2faEvents` does not say how.
 * @throws Refusal where nothing does
 */
function wordOf(source: SourceFile, file: string): Spelled {
  const list = eventListIn(source).name;
  const ofFile = path.posix.basename(file, '.ts').replace(/_events?$/, '');
  const ofTypes = eventsIn(source).map(({ type }) => type.split('.')[0] ?? type);
  const found = [ofFile, ...ofTypes].map(spelled).find(({ camel }) => `${camel}Events` === list);
  if (found) return found;
  throw new Refusal(
    `DOMAIN: ${file} calls its events ${list}, and neither it nor their types begin with that word`,
  );
}

/** The domains that a file says its events are of. */
function domainsIn(source: SourceFile): string[] {
  return source
    .getDescendantsOfKind(SyntaxKind.PropertyAssignment)
    .filter((property) => property.getName() === 'domain')
    .flatMap((property) => textOf(property.getInitializer()) ?? []);
}

/** The list of all events in a file of events, such as `orderEvents`. @throws Refusal where there is none */
export function eventListIn(source: SourceFile) {
  const found = listIn(source);
  if (found) return found;
  throw new Refusal(`${source.getBaseName()} exports no list of its events, such as orderEvents`);
}

function listIn(source: SourceFile) {
  for (const declaration of source.getVariableDeclarations()) {
    if (!declaration.getName().endsWith('Events') || !declaration.isExported()) continue;
    const array = declaration.getFirstDescendantByKind(SyntaxKind.ArrayLiteralExpression);
    if (array) return { name: declaration.getName(), array };
  }
  return undefined;
}

export interface KnownEvent {
  /** The constant that holds the definition. */
  name: string;
  type: string;
  /** The exported schema of its data; undefined where it has no name of its own. */
  dataSchema: string | undefined;
  /** The schema of its data, as it stands in the definition. */
  data: Node | undefined;
}

/** The events of a domain. */
export function eventsOf(plan: Plan, { eventFile }: Domain): KnownEvent[] {
  return eventFile === undefined ? [] : eventsIn(plan.source(eventFile));
}

function eventsIn(source: SourceFile): KnownEvent[] {
  return source.getVariableDeclarations().flatMap((declaration) => {
    const call = declaration.getInitializerIfKind(SyntaxKind.CallExpression);
    const [fields] = call?.getExpression().getText() === 'defineEvent' ? call.getArguments() : [];
    if (!Node.isObjectLiteralExpression(fields)) return [];
    const field = (name: string) =>
      fields.getProperty(name)?.asKind(SyntaxKind.PropertyAssignment)?.getInitializer();
    const data = field('data');
    const named = data?.asKind(SyntaxKind.Identifier)?.getText();
    const exported = named !== undefined && source.getVariableDeclaration(named)?.isExported() === true;
    return [
      {
        name: declaration.getName(),
        type: textOf(field('type')) ?? '',
        dataSchema: exported ? named : undefined,
        data,
      },
    ];
  });
}

/** The domain that has an event of a type; undefined where none has. */
export function domainWith(plan: Plan, type: string): string | undefined {
  for (const source of entitySources(plan)) {
    if (!eventsIn(source).some((event) => event.type === type)) continue;
    const [domain] = domainsIn(source);
    if (domain !== undefined) return domain;
  }
  return undefined;
}

/** What the types of all domains begin with, as in `Order`. */
export function typeWords(plan: Plan): string[] {
  return entitySources(plan).flatMap((source) => {
    const list = listIn(source)?.name.replace(/Events$/, '');
    return list === undefined ? [] : [sentence(list)];
  });
}

function entitySources(plan: Plan): SourceFile[] {
  return plan.sources().flatMap(({ file, source }) => (file.startsWith(ENTITY) ? [source] : []));
}

/** The text of a string literal. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.asKind(SyntaxKind.StringLiteral)?.getLiteralText();
}

/** The module of a domain, which is made and loaded where there is none. @returns the block that binds */
export function moduleOf(plan: Plan, { snake, camel, moduleFile, words }: Domain) {
  const name = `${camel}Module`;
  if (!plan.has(moduleFile)) {
    plan.write(
      moduleFile,
      `import { ContainerModule } from 'inversify';\n\n/** What belongs to ${words}. */\nexport const ${name} = new ContainerModule(({ bind }) => {\n});\n`,
    );
    const container = plan.source(CONTAINER);
    importNames(container, `./modules/${snake}.js`, [name]);
    const load = container
      .getDescendantsOfKind(SyntaxKind.CallExpression)
      .find((call) => call.getExpression().getText() === 'container.load');
    if (!load) throw new Refusal(`${CONTAINER} has no line container.load(...)`);
    load.addArgument(name);
  }
  const source = plan.source(moduleFile);
  const body = source.getFirstDescendantByKindOrThrow(SyntaxKind.ArrowFunction).getBody();
  const block = body.asKind(SyntaxKind.Block);
  if (!block) throw new Refusal(`${moduleFile} has no function that binds`);
  return { source, body: block };
}
