import { runCommand } from '../run_command.js';
import { Refusal } from './refusal.js';

/** Files that git knows or would add. */
export async function trackedFiles(root: string): Promise<string[]> {
  const output = await git(root, ['ls-files', '--cached', '--others', '--exclude-standard', '-z']);
  return [...new Set(output.split('\0').filter((file) => file !== ''))];
}

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

async function git(root: string, args: readonly string[]): Promise<string> {
  const result = await runCommand('git', ['-C', root, ...args]);
  if (result?.status === 0) return result.output;
  const why = result === undefined ? 'there is no git' : result.output.trim();
  throw new Refusal(`git is needed to tell what belongs to the project, and to undo this: ${why}`);
}
