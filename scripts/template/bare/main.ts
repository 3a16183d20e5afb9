/** Removes the samples; see bare.ts. */
import { projectRoot } from '../../../config/project_root.js';
import { requireCleanTree } from '../clean_tree.js';
import { changeProject, isDry } from '../command.js';
import { bareOptions, makeBare } from './bare.js';

await changeProject(async (open) => {
  const options = bareOptions(process.env);
  if (!isDry()) await requireCleanTree(projectRoot());
  const plan = await open();
  makeBare(plan, options);
  return {
    plan,
    title: `The service ${options.name}, with ${options.kept.length === 0 ? 'no sample' : options.kept.join(' and ')}:`,
    next: 'Done. `make test` checks it, `git checkout . && git clean -fd` undoes it; commit it, and `make new` begins a domain.',
  };
});
