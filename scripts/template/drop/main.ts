/** Removes a package that the service can do without, with all that depends on it. */
import { projectRoot } from '../../../config/project_root.js';
import { changeProject } from '../command.js';
import { removeConfigKey } from '../config_keys.js';
import { requireCleanTree } from '../git.js';
import { removeTargets } from '../makefile.js';
import { type Plan } from '../plan.js';
import { pruneDangling } from '../prune.js';
import { Refusal } from '../refusal.js';
import { removeRegions } from '../regions.js';
import { packagesImported, removePackages } from './dependencies.js';
import { DROPPABLE, type Dropped } from './packages.js';

const USAGE = `Usage: make drop PKG=${Object.keys(DROPPABLE).join('|')} [DRY=1]`;

function wanted(plan: Plan): { name: string; parts: Dropped } {
  const name = process.env['PKG'] ?? '';
  const parts = DROPPABLE[name];
  if (parts === undefined) {
    const isPackage = plan.files().some((file) => file.startsWith(`pkg/${name}/`));
    const why = isPackage && name !== '' ? 'the service is built on it' : 'there is no such package';
    throw new Refusal(`${name === '' ? 'PKG is missing' : `PKG: "${name}": ${why}`}\n\n${USAGE}`, true);
  }
  if (!plan.has(`pkg/${name}/index.ts`)) throw new Refusal(`${name} has been dropped already`);
  return { name, parts };
}

function drop(plan: Plan, name: string, { paths, configKeys, targets, edit }: Dropped): void {
  const importedBefore = packagesImported(plan);
  const gone = new Set(
    [`pkg/${name}/`, `test/pkg/${name}/`, ...paths].flatMap((target) => plan.remove(target)),
  );
  for (const key of configKeys) removeConfigKey(plan, key);
  edit?.(plan);
  removeTargets(plan, targets);
  removeRegions(plan, name);
  pruneDangling(plan, gone);
  forgetEntries(plan, gone);
  const imported = packagesImported(plan);
  removePackages(
    plan,
    [...importedBefore].filter((one) => !imported.has(one)),
  );
}

/** Takes files that are gone out of the list of programs in knip.json. */
function forgetEntries(plan: Plan, gone: ReadonlySet<string>): void {
  const settings = JSON.parse(plan.read('knip.json')) as { entry: string[] };
  const entry = settings.entry.filter((file) => !gone.has(file));
  plan.write('knip.json', JSON.stringify({ ...settings, entry }));
}

await changeProject(async (plan) => {
  const { name, parts } = wanted(plan);
  await requireCleanTree(projectRoot());
  drop(plan, name, parts);
  return {
    title: `Without pkg/${name}:`,
    next: 'Done. `make lint build test-unit` checks it; `git checkout . && git clean -fd` undoes it.',
  };
});
