import { type Domain, type KnownEvent } from './domain.js';
import { exampleOf } from './examples.js';
import { specifier } from './imports.js';
import { sentence, type Spelled } from './names.js';

/** What the texts of a use case are made of. */
export interface UseCaseParts {
  domain: Domain;
  eventFile: string;
  name: Spelled;
  event: KnownEvent;
}

export interface UseCaseFiles {
  /** Declarations for the domain's contracts, and what they import. */
  contract: string;
  contractImports: readonly (readonly [from: string, names: readonly string[]])[];
  useCase: string;
  test: string;
}

/** A use case that is called, and publishes an event. */
export function commandFiles({ domain, eventFile, name, event }: UseCaseParts): UseCaseFiles {
  const eventType = `${domain.one.pascal}Event`;
  const { pascal, words } = name;
  const useCaseFile = `${domain.useCaseFolder}${name.snake}.ts`;
  const testFile = `${domain.testFolder}${name.snake}.test.ts`;
  const example = exampleOf(event);
  return {
    contractImports: [
      [specifier(domain.contractFile, eventFile), [`type ${eventType}`]],
      ['./command.js', ['type CommandOptions', 'type Recorded']],
    ],
    contract: `/** What a caller says to ${words}; without an id it concerns a new one. */
export type ${pascal}Input = { id?: string | undefined } & Extract<${eventType}, { type: '${event.type}' }>['data'];

/** ${sentence(words)}. */
export interface ${pascal} {
  /** Resolves when ${event.type} is stored. @throws InvalidEvent, NotPublished */
  execute(input: ${pascal}Input, options?: CommandOptions): Promise<Recorded>;
}
export const ${pascal} = Symbol.for('${pascal}');
`,
    useCase: `import { inject, injectable } from 'inversify';
import { ${event.name} } from '${specifier(useCaseFile, eventFile)}';
import { EventBus, IdGenerator } from '../../repo/contracts.js';
import { type CommandOptions, type ${pascal}, type ${pascal}Input, type Recorded } from '../contracts.js';

@injectable()
export class ${pascal}UseCase implements ${pascal} {
  constructor(
    @inject(EventBus) private readonly events: EventBus,
    @inject(IdGenerator) private readonly ids: IdGenerator,
  ) {}

  async execute(
    { id, ...data }: ${pascal}Input,
    { idempotencyKey, signal }: CommandOptions = {},
  ): Promise<Recorded> {
    // Repeated under the same key, it is the same event again.
    const eventId = idempotencyKey === undefined ? this.ids.next() : this.ids.derived(idempotencyKey);
    const aggregateId = id ?? eventId;
    const options = { id: eventId, signal };
    const { event, position } = await this.events.publish(${event.name}, { aggregateId, data }, options);
    return { id: aggregateId, eventId: event.id, ...position };
  }
}
`,
    test: `import 'reflect-metadata';
import { expect } from 'chai';
import sinon from 'sinon';
import { ${event.name} } from '${specifier(testFile, eventFile)}';
import { ${pascal}UseCase } from '../../../internal/usecase/${domain.snake}/${name.snake}.js';
import { rejection } from '../../support/caught.js';
import { ${example} } from './examples.js';

const position = { topic: 'a-topic', partition: 1, offset: '7' };

describe('the use case: ${words}', () => {
  const sandbox = sinon.createSandbox();
  const events = {
    publish: sandbox.stub(),
    subscribe: sandbox.stub(),
    follow: sandbox.stub(),
    following: sandbox.stub(),
  };
  const ids = { next: () => 'new-id', derived: (name: string) => \`id of \${name}\` };
  let useCase: ${pascal}UseCase;

  beforeEach(() => {
    sandbox.reset();
    events.publish.resolves({ event: { id: 'e-1' }, position });
    useCase = new ${pascal}UseCase(events, ids);
  });

  it('publishes ${event.type} under a new id, and says where it lies', async () => {
    expect(await useCase.execute(${example})).to.deep.equal({ id: 'new-id', eventId: 'e-1', ...position });
    const options = { id: 'new-id', signal: undefined };
    sinon.assert.calledOnceWithExactly(
      events.publish,
      ${event.name},
      { aggregateId: 'new-id', data: ${example} },
      options,
    );
  });

  it('concerns what the caller names', async () => {
    expect(await useCase.execute({ ...${example}, id: 'own' })).to.include({ id: 'own' });
    sinon.assert.calledWithMatch(events.publish, ${event.name}, { aggregateId: 'own' });
  });

  it('makes a command that is repeated under its key the same event', async () => {
    const { signal } = new AbortController();
    await useCase.execute(${example}, { idempotencyKey: 'key-1', signal });
    const expected = { id: 'id of key-1', signal };
    sinon.assert.calledWithMatch(events.publish, ${event.name}, { aggregateId: 'id of key-1' }, expected);
  });

  it('reports to the caller that the event could not be published', async () => {
    const failure = new Error('no broker');
    events.publish.rejects(failure);
    expect(await rejection(useCase.execute(${example}), Error)).to.equal(failure);
  });
});
`,
  };
}

/** A use case that reacts to an event. */
export function reactionFiles({ domain, eventFile, name, event }: UseCaseParts): UseCaseFiles {
  const eventType = `${domain.one.pascal}Event`;
  const { pascal, words } = name;
  // The log says of which event it is, too.
  const about = domain.one.camel === 'event' ? 'aggregateId' : `${domain.one.camel}Id`;
  const ofType = `Extract<${eventType}, { type: '${event.type}' }>`;
  const useCaseFile = `${domain.useCaseFolder}${name.snake}.ts`;
  const testFile = `${domain.testFolder}${name.snake}.test.ts`;
  const example = exampleOf(event);
  return {
    contractImports: [[specifier(domain.contractFile, eventFile), [`type ${eventType}`]]],
    contract: `/** ${sentence(words)}: what is done after ${event.type}. */
export interface ${pascal} {
  /** May be called again with the same event. Rejects to be called again later. */
  execute(event: ${ofType}, context: { signal: AbortSignal }): Promise<void>;
}
export const ${pascal} = Symbol.for('${pascal}');
`,
    useCase: `import { inject, injectable } from 'inversify';
import { type ${eventType} } from '${specifier(useCaseFile, eventFile)}';
import { Logger } from '../../repo/contracts.js';
import { type ${pascal} } from '../contracts.js';

@injectable()
export class ${pascal}UseCase implements ${pascal} {
  constructor(@inject(Logger) private readonly logger: Logger) {}

  async execute({ id, aggregateId }: ${ofType}): Promise<void> {
    this.logger.info('${words}', { eventId: id, ${about}: aggregateId });
  }
}
`,
    test: `import 'reflect-metadata';
import sinon from 'sinon';
import { type ${eventType} } from '${specifier(testFile, eventFile)}';
import { ${domain.one.camel}Reactions } from '../../../internal/controller/event/${domain.snake}.js';
import { type ${pascal} } from '../../../internal/usecase/contracts.js';
import { ${pascal}UseCase } from '../../../internal/usecase/${domain.snake}/${name.snake}.js';
import { ${example} } from './examples.js';

const event = {
  id: '0192f0c1-5b7e-7c3a-9d2e-3f4a5b6c7d8e',
  type: '${event.type}',
  source: 'test',
  version: '1.0',
  timestamp: '2025-10-09T12:00:00.000Z',
  aggregateId: '${domain.one.snake}-1',
  data: ${example},
  metadata: { correlationId: 'request-1' },
} as ${ofType};

describe('the use case: ${words}', () => {
  it('says of which event it took note', async () => {
    const logger = { debug: sinon.stub(), info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    await new ${pascal}UseCase(logger).execute(event);
    const fields = { eventId: event.id, ${about}: '${domain.one.snake}-1' };
    sinon.assert.calledOnceWithExactly(logger.info, '${words}', fields);
  });

  it('is done after ${event.type}', async () => {
    const context = { signal: new AbortController().signal };
    const execute = sinon.stub<Parameters<${pascal}['execute']>>().resolves();
    // Whatever else is done after it.
    const others = { execute: async () => undefined };
    const useCases = new Proxy({} as Parameters<typeof ${domain.one.camel}Reactions>[0], {
      get: (_target, called) => (called === '${name.camel}' ? { execute } : others),
    });
    await ${domain.one.camel}Reactions(useCases)(event, context);
    sinon.assert.calledOnceWithExactly(execute, event, context);
  });
});
`,
  };
}
