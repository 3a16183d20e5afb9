import { type Domain, type KnownEvent } from './domain.js';
import { exampleOf } from './examples.js';
import { specifier } from './imports.js';

/** What the texts of a view are made of. */
export interface DirectoryParts {
  domain: Domain;
  eventFile: string;
  /** One that the tests take. */
  event: KnownEvent;
}

/** The files of a view: what it holds, its port, its adapter in memory, and their tests. */
export function directoryFiles({ domain, eventFile, event }: DirectoryParts) {
  const { one, words } = domain;
  const { pascal } = one;
  const type = `${pascal}Event`;
  const folder = domain.testFolder;
  return {
    entity: `import { type ${type} } from '${specifier('internal/entity/any.ts', eventFile)}';

/** What the events of ${words} have made of one of them. Times are ISO 8601 in UTC. */
export interface ${pascal} {
  id: string;
  /** The type of the last event. */
  lastEvent: string;
  createdAt: string;
  updatedAt: string;
}

/** What it is after one more event; \`before\` is undefined for the first. */
export function apply${type}(before: ${pascal} | undefined, event: ${type}): ${pascal} {
  return {
    id: event.aggregateId ?? event.id,
    lastEvent: event.type,
    createdAt: before?.createdAt ?? event.timestamp,
    updatedAt: event.timestamp,
  };
}
`,
    port: `import { type ${pascal} } from '../../entity/${one.snake}.js';
import { type ${type} } from '${specifier('internal/repo/contracts/any.ts', eventFile)}';
import { type Page, type PageRequest } from './page.js';

/** All ${words}, as far as their events have come to this instance. */
export interface ${pascal}Directory {
  apply(event: ${type}): Promise<void>;
  find(id: string): Promise<${pascal} | undefined>;
  list(page: PageRequest): Promise<Page<${pascal}>>;
}
export const ${pascal}Directory = Symbol.for('${pascal}Directory');
`,
    adapter: `import { apply${type}, type ${pascal} } from '../../../entity/${one.snake}.js';
import { type ${type} } from '${specifier('internal/repo/persistent/views/any.ts', eventFile)}';
import { type ${pascal}Directory, type Page, type PageRequest } from '../../contracts.js';
import { RecordsById } from './records_by_id.js';

/** {@link ${pascal}Directory} in memory: filled again from the topic at each start. */
export class InMemory${pascal}Directory implements ${pascal}Directory {
  private readonly records = new RecordsById<${pascal}>();

  async apply(event: ${type}): Promise<void> {
    const id = event.aggregateId ?? event.id;
    this.records.set(id, apply${type}(this.records.get(id), event));
  }

  async find(id: string): Promise<${pascal} | undefined> {
    return this.records.get(id);
  }

  async list(page: PageRequest): Promise<Page<${pascal}>> {
    return this.records.page(page);
  }
}
`,
    entityTest: `import { expect } from 'chai';
import { apply${type} } from '${specifier(`${folder}any.ts`, `internal/entity/${one.snake}.ts`)}';
import { type ${type} } from '${specifier(`${folder}any.ts`, eventFile)}';
import { ${exampleOf(event)} } from './examples.js';

const at = (second: number) => \`2025-10-09T12:00:0\${second}.000Z\`;
const event = (id: string, timestamp: string) =>
  ({
    id,
    type: '${event.type}',
    source: 'test',
    version: '1.0',
    timestamp,
    aggregateId: 'a-1',
    data: ${exampleOf(event)},
    metadata: { correlationId: 'request-1' },
  }) as ${type};

describe('what is known of ${words}', () => {
  it('is what their events made of them', () => {
    const first = apply${type}(undefined, event('e-1', at(1)));
    expect(apply${type}(first, event('e-2', at(2)))).to.deep.equal({
      id: 'a-1',
      lastEvent: '${event.type}',
      createdAt: at(1),
      updatedAt: at(2),
    });
  });
});
`,
    adapterTest: `import { expect } from 'chai';
import { type ${type} } from '${specifier(`${folder}any.ts`, eventFile)}';
import { InMemory${pascal}Directory } from '../../../internal/repo/persistent/views/${one.snake}_directory.js';
import { ${exampleOf(event)} } from './examples.js';

const event = (id: string, aggregateId: string) =>
  ({
    id,
    type: '${event.type}',
    source: 'test',
    version: '1.0',
    timestamp: '2025-10-09T12:00:00.000Z',
    aggregateId,
    data: ${exampleOf(event)},
    metadata: { correlationId: 'request-1' },
  }) as ${type};

describe('the directory of ${words}', () => {
  it('knows each of them once, by its id and in the order of ids', async () => {
    const directory = new InMemory${pascal}Directory();
    for (const [id, about] of [['e-1', 'b'], ['e-2', 'a'], ['e-3', 'b']] as const) {
      await directory.apply(event(id, about));
    }
    expect(await directory.find('b')).to.include({ id: 'b', lastEvent: '${event.type}' });
    expect(await directory.find('c')).to.equal(undefined);
    const { items, next } = await directory.list({ limit: 5 });
    expect([items.map(({ id }) => id), next]).to.deep.equal([['a', 'b'], undefined]);
  });
});
`,
  };
}
