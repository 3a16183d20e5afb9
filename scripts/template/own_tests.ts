import { removeTargets } from './makefile.js';
import { type Plan } from './plan.js';
import { removeRegions } from './regions.js';

/**
 * Removes the tests of the template itself, which begin with all that it has, and what is said of them.
 * @returns the files that went
 */
export function removeOwnTests(plan: Plan): string[] {
  removeTargets(plan, ['test-template']);
  removeRegions(plan, 'template');
  return plan.remove('test/template/');
}
