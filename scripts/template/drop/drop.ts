import { existsSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../../config/project_root.js';
import { removeConfigKey } from '../forget_config_key.js';
import { forgetEntries } from '../knip_entries.js';
import { removeTargets } from '../makefile.js';
import { removeOwnTests } from '../own_tests.js';
import { type Plan } from '../plan.js';
import { pruneDangling } from '../prune.js';
import { Refusal } from '../refusal.js';
import { removeRegions } from '../regions.js';
import { packagesImported, removePackages } from './dependencies.js';
import { DROPPABLE, type Dropped } from './packages.js';

const USAGE = `Usage: make drop PKG=${Object.keys(DROPPABLE).join('|')} [DRY=1]`;

/** The package that the variables of make name. @throws Refusal where there is none */
export function dropOptions({ PKG: name = '' }: NodeJS.ProcessEnv): { name: string; parts: Dropped } {
  const parts = DROPPABLE[name];
  if (parts === undefined) {
    const isPackage = /^\w+$/.test(name) && existsSync(path.join(projectRoot(), 'pkg', name));
    const why = isPackage ? 'the service is built on it' : 'there is no such package';
    throw new Refusal(`${name === '' ? 'PKG is missing' : `PKG: "${name}": ${why}`}\n\n${USAGE}`, true);
  }
  return { name, parts };
}

/** Removes a package that the service can do without, with all that depends on it. */
export function drop(plan: Plan, { name, parts }: ReturnType<typeof dropOptions>): void {
  if (!plan.has(`pkg/${name}/index.ts`)) throw new Refusal(`${name} has been dropped already`);
  const { paths, configKeys, targets, edit } = parts;
  const importedBefore = packagesImported(plan);
  const gone = new Set(
    [`pkg/${name}/`, `test/pkg/${name}/`, ...paths].flatMap((target) => plan.remove(target)),
  );
  for (const key of configKeys) removeConfigKey(plan, key);
  edit?.(plan);
  removeTargets(plan, targets);
  for (const file of [...removeOwnTests(plan), ...removeThisCommand(plan)]) gone.add(file);
  removeRegions(plan, name);
  pruneDangling(plan, gone);
  forgetEntries(plan);
  const imported = packagesImported(plan);
  removePackages(
    plan,
    [...importedBefore].filter((one) => !imported.has(one)),
  );
}

/** Takes the command out with the last package that it could remove. @returns the files that went */
function removeThisCommand(plan: Plan): string[] {
  if (Object.keys(DROPPABLE).some((name) => plan.has(`pkg/${name}/index.ts`))) return [];
  removeTargets(plan, ['drop']);
  return plan.remove('scripts/template/drop/');
}
