import { type Plan } from '../plan.js';
import { Refusal } from '../refusal.js';
import { type Domain, moduleOf } from './domain.js';
import { exportAll } from './exports.js';
import { importNames } from './imports.js';
import { type Spelled } from './names.js';
import { type UseCaseFiles } from './use_case_texts.js';

const CONTRACTS = 'internal/usecase/contracts.ts';

/** @throws Refusal where there is something of the name of a use case */
export function refuseTakenUseCase(plan: Plan, domain: Domain, name: Spelled): void {
  const own = [`${domain.useCaseFolder}${name.snake}.ts`, `${domain.testFolder}${name.snake}.test.ts`];
  const contracts = plan.files().filter((one) => one.startsWith('internal/usecase/contracts'));
  const taken =
    own.find((file) => plan.has(file)) ??
    contracts.find((one) => {
      const source = plan.source(one);
      const imported = source.getImportDeclarations().flatMap((declaration) => declaration.getNamedImports());
      return (
        source.getInterface(name.pascal) ??
        source.getVariableDeclaration(name.pascal) ??
        imported.find((specifier) => specifier.getName() === name.pascal)
      );
    });
  if (taken !== undefined) throw new Refusal(`USECASE: there is a ${name.snake} already, in ${taken}`);
}

/** Adds what a use case promises to the contracts of its domain, which are made where there are none. */
export function addContract(plan: Plan, domain: Domain, { contract, contractImports }: UseCaseFiles): void {
  if (!plan.has(domain.contractFile)) {
    plan.write(domain.contractFile, '');
    exportAll(plan.source(CONTRACTS), `./contracts/${domain.snake}.js`);
  }
  const source = plan.source(domain.contractFile);
  for (const [from, names] of contractImports) importNames(source, from, names);
  source.addStatements(`\n${contract}`);
}

/** Binds a use case to its contract in the domain's module. */
export function bindUseCase(plan: Plan, domain: Domain, name: Spelled): void {
  const { source, body } = moduleOf(plan, domain);
  importNames(source, '../../usecase/contracts.js', [name.pascal]);
  const file = `../../usecase/${domain.snake}/${name.snake}.js`;
  importNames(source, file, [`${name.pascal}UseCase`]);
  body.addStatements(`bind(${name.pascal}).to(${name.pascal}UseCase);`);
}
