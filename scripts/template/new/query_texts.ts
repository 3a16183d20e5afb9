import { type Domain } from './domain.js';
import { sentence, type Spelled } from './names.js';
import { type UseCaseFiles } from './use_case_texts.js';

/** What the texts of a query are made of. */
export interface QueryTextParts {
  domain: Domain;
  name: Spelled;
  /** One by its id, or a part of the list of all. */
  kind: 'one' | 'list';
}

/** A use case that answers from the directory of its domain. */
export function queryFiles({ domain, name, kind }: QueryTextParts): UseCaseFiles {
  const { one } = domain;
  const { pascal, words } = name;
  const isOne = kind === 'one';
  const takes = isOne ? 'id: string' : 'page: PageRequest';
  const gives = isOne ? one.pascal : `Page<${one.pascal}>`;
  const entity = (up: string): [string, string[]] => [`${up}entity/${one.snake}.js`, [`type ${one.pascal}`]];
  const promise = isOne ? '/** @throws NotFound */' : '/** In the order of ids. */';
  return {
    contractImports: [
      entity('../../'),
      ...(isOne ? [] : [['../../repo/contracts.js', ['type Page', 'type PageRequest']] as const]),
    ],
    contract: `/** ${sentence(words)}. */
export interface ${pascal} {
  ${promise}
  execute(${takes}): Promise<${gives}>;
}
export const ${pascal} = Symbol.for('${pascal}');
`,
    useCase: `import { inject, injectable } from 'inversify';
${isOne ? "import { NotFound } from '../../entity/errors.js';\n" : ''}import { type ${one.pascal} } from '../../entity/${one.snake}.js';
import { ${one.pascal}Directory${isOne ? '' : ', type Page, type PageRequest'} } from '../../repo/contracts.js';
import { type ${pascal} } from '../contracts.js';

@injectable()
export class ${pascal}UseCase implements ${pascal} {
  constructor(@inject(${one.pascal}Directory) private readonly directory: ${one.pascal}Directory) {}

  ${isOne ? 'async ' : ''}execute(${takes}): Promise<${gives}> {
    ${isOne ? findOne(domain) : 'return this.directory.list(page);'}
  }
}
`,
    test: `import 'reflect-metadata';
import { expect } from 'chai';
import sinon from 'sinon';
${isOne ? "import { NotFound } from '../../../internal/entity/errors.js';\n" : ''}import { ${pascal}UseCase } from '../../../internal/usecase/${domain.snake}/${name.snake}.js';
${isOne ? "import { rejection } from '../../support/caught.js';\n" : ''}
describe('the use case: ${words}', () => {
  const sandbox = sinon.createSandbox();
  const directory = { apply: sandbox.stub(), find: sandbox.stub(), list: sandbox.stub() };
  const useCase = new ${pascal}UseCase(directory);

  afterEach(() => {
    sandbox.reset();
  });

${isOne ? testsOfOne(domain) : TESTS_OF_LIST}});
`,
  };
}

function findOne({ one }: Domain): string {
  return `const found = await this.directory.find(id);
    if (found === undefined) throw new NotFound('${one.upper}_NOT_FOUND', \`There is no ${one.words} \${id}.\`);
    return found;`;
}

function testsOfOne({ one }: Domain): string {
  return `  it('answers from the directory', async () => {
    directory.find.withArgs('a-1').resolves('found');
    expect(await useCase.execute('a-1')).to.equal('found');
  });

  it('says that there is none', async () => {
    directory.find.resolves(undefined);
    expect((await rejection(useCase.execute('x'), NotFound)).code).to.equal('${one.upper}_NOT_FOUND');
  });
`;
}

const TESTS_OF_LIST = `  it('answers from the directory', async () => {
    directory.list.withArgs({ limit: 2, after: 'a' }).resolves({ items: ['found'] });
    expect(await useCase.execute({ limit: 2, after: 'a' })).to.deep.equal({ items: ['found'] });
  });
`;
