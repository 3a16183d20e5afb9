import { runCommand } from '../run_command.js';
import { Refusal } from './refusal.js';

/** Files that git knows or would add. */
export async function trackedFiles(root: string): Promise<string[]> {
  const output = await git(root, ['ls-files', '--cached', '--others', '--exclude-standard', '-z']);
  return [...new Set(output.split('\0').filter((file) => file !== ''))];
}

/** Runs git in a folder. @returns what it printed @throws Refusal where it fails */
export async function git(root: string, args: readonly string[]): Promise<string> {
  const result = await runCommand('git', ['-C', root, ...args]);
  if (result?.status === 0) return result.output;
  const why = result === undefined ? 'there is no git' : result.output.trim();
  throw new Refusal(`git is needed to tell what belongs to the project, and to undo this: ${why}`);
}
