import { type Plan } from '../plan.js';
import { type Domain, moduleOf } from './domain.js';
import { exportAll } from './exports.js';
import { importNames } from './imports.js';
import { type Spelled } from './names.js';
import { type UseCaseFiles } from './use_case_texts.js';

const CONTRACTS = 'internal/usecase/contracts.ts';

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
