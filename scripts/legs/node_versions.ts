import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { runCommand } from '../run_command.js';
import { CannotRunError, type Prepared } from './leg.js';

const INSTALL_TIMEOUT_MS = 300_000;
/** What is found, or on its way, by release line. */
const versions = new Map<number, Promise<string>>();

/**
 * Another release line of Node.js for a leg, installed from npm on first use and kept in .data/node. It
 * comes first in the leg's PATH, so that the programs that tests start use it, too.
 * @throws CannotRunError where it cannot be installed.
 */
export async function prepareNode(major: number): Promise<Prepared> {
  const folder = join(projectRoot(), '.data', 'node', String(major));
  const node = join(folder, 'node_modules', '.bin', 'node');
  // Legs that begin at once share one installation, which would else replace what the other runs on.
  const installing = versions.get(major) ?? findOrInstall(major, { folder, node });
  versions.set(major, installing);
  const version = await installing;
  const env = { PATH: [dirname(node), process.env['PATH']].join(delimiter) };
  return { node, env, note: `node ${version}` };
}

async function findOrInstall(major: number, place: { folder: string; node: string }): Promise<string> {
  return (await versionOf(place.node)) ?? (await install(major, place));
}

async function versionOf(node: string): Promise<string | undefined> {
  const answer = await runCommand(node, ['--version']);
  return answer?.status === 0 ? answer.output.trim() : undefined;
}

async function install(major: number, { folder, node }: { folder: string; node: string }): Promise<string> {
  await mkdir(folder, { recursive: true });
  // The package fetches the runtime of this platform in an install script of its own.
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { node: true } }),
  );
  const args = ['install', '--no-save', '--loglevel=error', '--prefix', folder];
  const result = await runCommand('npm', [...args, `node@${major}`], {
    cwd: folder,
    timeoutMs: INSTALL_TIMEOUT_MS,
  });
  const version = await versionOf(node);
  if (result?.status === 0 && version !== undefined) return version;
  const output = result?.output.trim().split('\n').slice(-3).join(' ') ?? 'npm does not run';
  throw new CannotRunError(`Node.js ${major} could not be installed from npm (${output})`);
}
