import { Node, SyntaxKind } from 'ts-morph';
import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { addContract, bindUseCase } from './contracts.js';
import { refuseOwnId } from './data_schema.js';
import {
  type Domain,
  domainWith,
  eventListIn,
  eventsOf,
  findDomain,
  type KnownEvent,
  moduleOf,
} from './domain.js';
import { ensureExample } from './examples.js';
import { importNames, specifier } from './imports.js';
import { checkEvent, type Spelled } from './names.js';
import { refuseTakenUseCase } from './taken.js';
import { commandFiles, reactionFiles } from './use_case_texts.js';

/** A use case that is to be made. */
export interface NewUseCase {
  domain: Spelled;
  name: Spelled;
  /** The event that it is to publish, where the domain has several. */
  publishes: string | undefined;
  /** The event that it is to react to, instead of being called. */
  on: string | undefined;
}

/** Adds a use case with its contract, its line in the domain's module and its test. */
export function newUseCase(plan: Plan, { domain: domainName, name, publishes, on }: NewUseCase): void {
  const domain = findDomain(plan, domainName);
  const known = eventsOf(plan, domain);
  if (domain.eventFile === undefined || known.length === 0) {
    const first = `make new EVENT=${domain.snake.replace(/s$/, '')}.placed DOMAIN=${domain.snake}`;
    throw new Refusal(`USECASE: ${domain.snake} has no event yet, and a use case begins with one: ${first}`);
  }
  refuseTakenUseCase(plan, domain, name);
  const event =
    on === undefined
      ? eventToPublish(domain, known, publishes)
      : eventToReactTo(plan, { domain, known, name, on });
  if (on === undefined) refuseOwnId(plan, 'USECASE', { domain, event });
  const parts = { domain, eventFile: domain.eventFile, name, event };
  const files = on === undefined ? commandFiles(parts) : reactionFiles(parts);
  ensureExample(plan, domain, parts);
  addContract(plan, domain, files);
  plan.write(`${domain.useCaseFolder}${name.snake}.ts`, files.useCase);
  plan.write(`${domain.testFolder}${name.snake}.test.ts`, files.test);
  bindUseCase(plan, domain, name);
  if (on !== undefined) addReaction(plan, domain, { name, event });
}

function eventToPublish(
  domain: Domain,
  known: readonly KnownEvent[],
  wanted: string | undefined,
): KnownEvent {
  if (wanted !== undefined) return eventCalled('EVENT', domain, known, wanted);
  const [only, ...others] = known;
  if (only !== undefined && others.length === 0) return only;
  const types = known.map(({ type }) => type).join(', ');
  throw new Refusal(
    `USECASE: say with EVENT=… which event it publishes, or with ON=… which it reacts to; ${domain.snake} has ${types}`,
    true,
  );
}

function eventToReactTo(
  plan: Plan,
  { domain, known, name, on }: { domain: Domain; known: readonly KnownEvent[]; name: Spelled; on: string },
): KnownEvent {
  const owner = known.some(({ type }) => type === on) ? undefined : domainWith(plan, on);
  if (owner === undefined) return eventCalled('ON', domain, known, on);
  throw new Refusal(
    `ON: ${on} is an event of ${owner}, and a reaction stands in the domain of its event, since a group reads a ` +
      `topic once: make new USECASE=${name.snake} ON=${on} DOMAIN=${owner}\n` +
      `There, inject the use case of ${domain.snake} that it is to call, by its name in internal/usecase/contracts.ts.`,
  );
}

function eventCalled(
  variable: 'EVENT' | 'ON',
  domain: Domain,
  known: readonly KnownEvent[],
  type: string,
): KnownEvent {
  checkEvent(variable, type);
  const found = known.find((event) => event.type === type);
  if (found) return found;
  const types = known.map((event) => event.type).join(', ');
  throw new Refusal(`${variable}: ${domain.snake} has no event ${type}, only ${types}`);
}

/** Adds a use case to what is done after an event. */
function addReaction(
  plan: Plan,
  domain: Domain,
  { name, event }: { name: Spelled; event: KnownEvent },
): void {
  if (!plan.has(domain.reactionFile)) firstReaction(plan, domain);
  const source = plan.source(domain.reactionFile);
  importNames(source, '../../usecase/contracts.js', [`type ${name.pascal}`]);
  const options = source.getInterfaces()[0];
  const table = source
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .find((call) => call.getExpression().getText() === 'reactTo')
    ?.getArguments()[0];
  if (!options || !Node.isObjectLiteralExpression(table)) {
    throw new Refusal(`ON: ${domain.reactionFile} has no table of reactions`);
  }
  options.addProperty({ name: name.camel, type: name.pascal });
  const call = `(event, context) => useCases.${name.camel}.execute(event, context)`;
  const array = table
    .getProperty(`'${event.type}'`)
    ?.asKind(SyntaxKind.PropertyAssignment)
    ?.getInitializerIfKind(SyntaxKind.ArrayLiteralExpression);
  if (array) array.addElement(call);
  else table.addPropertyAssignment({ name: `'${event.type}'`, initializer: `[${call}]` });
  const { source: module } = moduleOf(plan, domain);
  const use = module
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .find((one) => one.getExpression().getText() === `${domain.one.camel}Reactions`);
  const useCases = use?.getArguments()[0];
  if (!Node.isObjectLiteralExpression(useCases)) {
    throw new Refusal(`ON: ${domain.moduleFile} does not use the reactions of ${domain.reactionFile}`);
  }
  useCases.addPropertyAssignment({ name: name.camel, initializer: `context.get(${name.pascal})` });
}

function firstReaction(plan: Plan, domain: Domain): void {
  const { one, eventFile = '' } = domain;
  const { source, body } = moduleOf(plan, domain);
  if (source.getDescendantsOfKind(SyntaxKind.Identifier).some((id) => id.getText() === 'EventConsumer')) {
    throw new Refusal(
      `ON: ${domain.moduleFile} has a consumer of its own; a group reads a topic once, so add to that one`,
    );
  }
  plan.write(
    domain.reactionFile,
    `import { type ${one.pascal}Event } from '${specifier(domain.reactionFile, eventFile)}';
import { reactTo } from './reactions.js';

export interface ${one.pascal}UseCases {
}

/** What is done after the events of ${domain.words}; each event may come more than once. */
export const ${one.camel}Reactions = (useCases: ${one.pascal}UseCases) =>
  reactTo<${one.pascal}Event>({});
`,
  );
  const events = eventListIn(plan.source(eventFile)).name;
  importNames(source, specifier(domain.moduleFile, eventFile), [events]);
  importNames(source, `../../controller/event/${domain.snake}.js`, [`${one.camel}Reactions`]);
  importNames(source, '../../repo/contracts.js', ['EventBus']);
  importNames(source, '../tokens.js', ['EventConsumer']);
  body.addStatements(`bind<EventConsumer>(EventConsumer).toDynamicValue((context) => () => {
    context.get<EventBus>(EventBus).subscribe(${events}, ${one.camel}Reactions({}));
  });`);
}
