import { type SourceFile, SyntaxKind } from 'ts-morph';
import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { type Domain } from './domain.js';
import { type Spelled } from './names.js';

const SERVICE = 'internal/';
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
  if (ownTypes(domain).includes(pascal)) {
    throw new Refusal(
      `USECASE: ${snake} would be ${pascal}, which other parts of ${domain.snake} are called`,
    );
  }
  const wanted = new Set([pascal, `${pascal}Input`, `${pascal}UseCase`]);
  const service = plan.sources().filter((one) => one.file.startsWith(SERVICE));
  // Whoever declares a name is a better place to look than those who import it, and comes first.
  for (const namesIn of [declaredIn, importedBy]) {
    for (const { file: there, source } of service) {
      const taken =
        namesIn(source).find((one) => wanted.has(one)) ?? (says(source, pascal) ? pascal : undefined);
      if (taken === undefined) continue;
      throw new Refusal(
        `USECASE: ${snake} would need the name ${taken}, and there is a ${taken} already, in ${there}`,
      );
    }
  }
}

/** What parts of a domain are called that it may get later. */
function ownTypes({ one: { pascal } }: Domain): string[] {
  const suffixes = ['', 'Directory', 'Event', 'RoutesOptions', 'UseCases'];
  return [...suffixes.map((suffix) => `${pascal}${suffix}`), `InMemory${pascal}Directory`];
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
