import { addTopicKey } from '../config_keys.js';
import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { addTopic } from '../topics.js';
import { type Domain, eventListIn, eventsOf, findDomain, moduleOf } from './domain.js';
import { ensureExample, exampleOf } from './examples.js';
import { importNames, specifier } from './imports.js';
import { checkEvent, sentence, type Spelled, spelled } from './names.js';

const EXAMPLE_ID = '0192f0c1-5b7e-7c3a-9d2e-3f4a5b6c7d8e';

/** Adds the definition of an event with its test, and for the first of a domain, a topic and a module. */
export function newEvent(plan: Plan, domainName: Spelled, type: string): void {
  const event = checkEvent('EVENT', type);
  const domain = findDomain(plan, domainName, type.split('.')[0]);
  if (eventsOf(plan, domain).some((known) => known.type === type)) {
    throw new Refusal(`EVENT: ${domain.snake} has an event ${type} already, in ${String(domain.eventFile)}`);
  }
  refuseOtherSubject(domain, type);
  const file = domain.eventFile ?? firstEvent(plan, domain);
  const source = plan.source(file);
  const taken = [event.camel, dataOf(event)].find((name) => source.getVariableDeclaration(name));
  if (taken !== undefined) {
    throw new Refusal(`EVENT: ${file} has something that is called ${taken} already`);
  }
  const test = `${domain.testFolder}${event.snake}.test.ts`;
  if (plan.has(test)) throw new Refusal(`EVENT: there is a test ${test} already`);
  const { array } = eventListIn(source);
  const at = array.getFirstAncestorOrThrow((node) => node.getParent() === source).getChildIndex();
  array.addElement(event.camel);
  importNames(source, 'zod', ['z']);
  source.insertStatements(at, definitionOf(event, type));
  ensureExample(plan, domain, {
    event: { name: event.camel, type },
    eventFile: file,
    data: "{\n  note: 'said',\n}",
  });
  plan.write(test, testOf(domain, { event, type, file }));
}

/** The constant that holds the schema of what an event says. */
const dataOf = (event: Spelled): string => `${event.camel}Data`;

/**
 * The events of a domain share an aggregate type, and its view is folded from all of them by their ids.
 * @throws Refusal where an event is about something else
 */
function refuseOtherSubject({ snake, one }: Domain, type: string): void {
  const subject = spelled(type.split('.')[0] ?? type);
  if (subject.camel === one.camel) return;
  throw new Refusal(
    `EVENT: the events of ${snake} are about one thing, as in ${one.snake}.${type.split('.').slice(1).join('.')}; ` +
      `${type} belongs to a domain of its own: make new EVENT=${type} DOMAIN=${subject.snake}s`,
  );
}

/** Everything that a domain has once. @returns the file of its events */
function firstEvent(plan: Plan, domain: Domain): string {
  const { one } = domain;
  const file = `internal/entity/${one.snake}_event.ts`;
  if (plan.has(file))
    throw new Refusal(`EVENT: ${file} belongs to another domain; choose another first word`);
  const topic = `${one.snake.replaceAll('_', '-')}-events`;
  const key = `${one.upper}_EVENTS`;
  if (plan.read('config/schema.ts').includes(`'${topic}'`)) {
    throw new Refusal(`EVENT: there is a topic ${topic} already; choose another first word`);
  }
  plan.write(
    file,
    `import { z } from 'zod';
import { defineEvent, type EventOf } from '../../pkg/events/index.js';
import { attributes } from './envelope.js';

const common = { domain: '${domain.snake}', version: '1.0', aggregateType: '${one.pascal}', attributes } as const;

/** All events of the domain, as its topic carries them. */
export const ${one.camel}Events = [] as const;

export type ${one.pascal}Event = EventOf<(typeof ${one.camel}Events)[number]>;
`,
  );
  addTopic(plan, domain.snake);
  addTopicKey(plan, { key, topic, what: `Topic of the ${one.words} events.` });
  const { source, body } = moduleOf(plan, domain);
  importNames(source, '../../../config/config.js', ['type Config as AppConfig']);
  importNames(source, '../tokens.js', ['Config', 'TopicName']);
  body.addStatements(`bind<TopicName>(TopicName).toDynamicValue((context) => [
    '${domain.snake}',
    context.get<AppConfig>(Config).KAFKA.TOPICS.${key},
  ]);`);
  return file;
}

function definitionOf(event: Spelled, type: string): string {
  const [subject = '', ...happened] = type.split('.');
  return `
/** What ${type} says. */
export const ${dataOf(event)} = z.object({
  note: z.string().min(1).max(500).optional(),
});

export const ${event.camel} = defineEvent({
  ...common,
  type: '${type}',
  description: '${sentence(subject.replaceAll('_', ' '))}: ${happened.join(' ').replaceAll('_', ' ')}.',
  data: ${dataOf(event)},
});
`;
}

function testOf(
  domain: Domain,
  { event, type, file }: { event: Spelled; type: string; file: string },
): string {
  const example = exampleOf({ name: event.camel });
  return `import { expect } from 'chai';
import { type ${domain.one.pascal}Event, ${domain.one.camel}Events, ${event.camel} } from '${specifier(`${domain.testFolder}any.ts`, file)}';
import { InvalidEvent } from '../../../pkg/events/index.js';
import { caught } from '../../support/caught.js';
import { ${example} } from './examples.js';

describe('${type}', () => {
  const event = {
    id: '${EXAMPLE_ID}',
    type: '${type}',
    source: 'test',
    version: '1.0',
    timestamp: '2025-10-09T12:00:00.000Z',
    aggregateType: '${domain.one.pascal}',
    aggregateId: '${domain.one.snake.replaceAll('_', '-')}-1',
    data: ${example},
    metadata: { correlationId: 'request-1' },
  } satisfies ${domain.one.pascal}Event;

  it('is one of the events of ${domain.words}', () => {
    expect(${domain.one.camel}Events).to.include(${event.camel});
  });

  it('is taken as it is', () => {
    expect(${event.camel}.parse(event)).to.deep.equal(event);
  });

  it('is refused where its data are not valid', () => {
    const error = caught(() => ${event.camel}.parse({ ...event, data: 'nonsense' }), InvalidEvent);
    expect(error.message).to.include('data');
  });
});
`;
}
