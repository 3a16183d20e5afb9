import { type SourceFile, SyntaxKind } from 'ts-morph';
import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { type Domain, typeWords } from './domain.js';
import { type Spelled } from './names.js';

const SERVICE = 'internal/';
/** Where the schemas are that the API's document names. */
const SCHEMAS = ['internal/controller/', 'pkg/httpserver/'];
/** What a type of the service must not be called, since files that would import it use the name otherwise. */
export const TAKEN: readonly string[] = ['Page', 'Problem', 'Promise', 'Recorded', 'Switched', 'Symbol'];
/** Types of the language, which what is generated uses; those that are values as well are known by themselves. */
const UTILITY_TYPES: readonly string[] = [
  'Exclude',
  'Extract',
  'Omit',
  'Partial',
  'Pick',
  'Readonly',
  'Record',
];

/**
 * @throws Refusal where there is something of the name of a use case, of what it takes or of its class: two of one
 * name do not compile, or the container cannot tell them apart
 */
export function refuseTakenUseCase(plan: Plan, domain: Domain, name: Spelled): void {
  const { pascal, snake } = name;
  const own = [`${domain.useCaseFolder}${snake}.ts`, `${domain.testFolder}${snake}.test.ts`];
  const file = own.find((one) => plan.has(one));
  if (file !== undefined) throw new Refusal(`USECASE: there is a ${snake} already, in ${file}`);
  if ([...TAKEN, ...UTILITY_TYPES].includes(pascal) || pascal in globalThis) {
    throw new Refusal(
      `USECASE: ${snake} would be ${pascal}, which is a name of the language or of all routes`,
    );
  }
  const word = typeWords(plan).find((one) => ownTypes(one).includes(pascal));
  if (word !== undefined) {
    throw new Refusal(
      `USECASE: ${snake} would be ${pascal}, which a part of the domain of ${word} is called`,
    );
  }
  // A route to it gives what it takes the use case's name.
  refuseTakenSchema(plan, `USECASE: ${snake}`, pascal);
  refuseTakenNames(plan, `USECASE: ${snake}`, [pascal, `${pascal}Input`, `${pascal}UseCase`]);
}

/**
 * @param what what is made, as in `USECASE: place_order`
 * @throws Refusal where something of the service has one of the names, or the first of them as a text
 */
export function refuseTakenNames(plan: Plan, what: string, names: readonly [string, ...string[]]): void {
  const service = plan.sources().filter((one) => one.file.startsWith(SERVICE));
  const [text] = names;
  // Whoever declares a name is a better place to look than those who import it, and comes first.
  for (const namesIn of [declaredIn, importedBy]) {
    for (const { file, source } of service) {
      const taken =
        namesIn(source).find((one) => names.includes(one)) ?? (says(source, text) ? text : undefined);
      if (taken === undefined) continue;
      throw new Refusal(`${what} would need the name ${taken}, and there is a ${taken} already, in ${file}`);
    }
  }
}

/** @throws Refusal where a schema in the API's document has a name: the service does not start with two of one name */
export function refuseTakenSchema(plan: Plan, what: string, name: string): void {
  const found = plan
    .sources()
    .find(({ file, source }) => SCHEMAS.some((place) => file.startsWith(place)) && says(source, name));
  if (!found) return;
  throw new Refusal(`${what} would give a schema the name ${name}, which one of ${found.file} has`);
}

/** What parts of a domain are called that it may get later; `one` as in `Order`. */
function ownTypes(one: string): string[] {
  const suffixes = ['', 'Directory', 'Event', 'Page', 'RoutesOptions', 'UseCases'];
  return [...suffixes.map((suffix) => `${one}${suffix}`), `InMemory${one}Directory`];
}

function importedBy(source: SourceFile): string[] {
  const imported = source.getImportDeclarations().flatMap((declaration) => declaration.getNamedImports());
  return imported.map((one) => one.getAliasNode()?.getText() ?? one.getName());
}

function declaredIn(source: SourceFile): string[] {
  return [
    ...source.getClasses(),
    ...source.getEnums(),
    ...source.getFunctions(),
    ...source.getInterfaces(),
    ...source.getTypeAliases(),
    ...source.getVariableDeclarations(),
  ].map((declaration) => declaration.getName() ?? '');
}

/** Whether a file has a text such as those of `Symbol.for`, and the names of schemas in the API's document. */
function says(source: SourceFile, text: string): boolean {
  return source.getDescendantsOfKind(SyntaxKind.StringLiteral).some((one) => one.getLiteralText() === text);
}
