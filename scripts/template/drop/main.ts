/** Removes a package that the service can do without; see drop.ts. */
import { projectRoot } from '../../../config/project_root.js';
import { requireCleanTree } from '../clean_tree.js';
import { changeProject, isDry } from '../command.js';
import { drop, dropOptions } from './drop.js';

await changeProject(async (open) => {
  const options = dropOptions(process.env);
  if (!isDry()) await requireCleanTree(projectRoot());
  const plan = await open();
  drop(plan, options);
  return {
    plan,
    title: `Without pkg/${options.name}:`,
    next: 'Done. `make lint build test-unit` checks it; `git checkout . && git clean -fd` undoes it.',
  };
});
