import { git } from './git.js';
import { Refusal } from './refusal.js';

/**
 * What is done here must be undone by git alone, so nothing may be lost with it.
 * @throws Refusal where there are changes that are not committed
 */
export async function requireCleanTree(root: string): Promise<void> {
  const status = (await git(root, ['status', '--porcelain'])).trimEnd();
  if (status === '') return;
  const lines = status.split('\n');
  const shown = lines.slice(0, 5).join('\n  ');
  const more = lines.length > 5 ? `\n  and ${lines.length - 5} more` : '';
  throw new Refusal(
    `there are changes that are not committed:\n  ${shown}${more}\nCommit or stash them first.`,
  );
}
