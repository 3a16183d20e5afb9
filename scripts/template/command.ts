import path from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { runCommand } from '../run_command.js';
import { type Change, Plan } from './plan.js';
import { Refusal } from './refusal.js';

/** As in BSD's sysexits.h: the command was called wrongly. */
const BAD_USAGE = 64;
const SIGNS = { add: '+', change: '~', remove: '-' } as const;

/** A plan that is ready, and what is said of it. */
export interface Outcome {
  plan: Plan;
  /** Shown above the changes. */
  title: string;
  /** What to do next. */
  next: string;
}

/**
 * Runs a command that changes the project: plans it in memory, shows what it will do, and does it unless DRY is
 * set. A refusal ends it with status 64 or 1, and nothing is written.
 * @param make asks for the plan once it knows that it will need one, since reading the project takes a while
 */
export async function changeProject(make: (open: () => Promise<Plan>) => Promise<Outcome>): Promise<void> {
  const root = projectRoot();
  try {
    const { plan, title, next } = await make(() => Plan.of(root));
    const changes = await plan.changes();
    if (changes.length === 0) throw new Refusal('there is nothing to do');
    console.log(`${title}\n${changes.map(lineOf).join('\n')}\n\n${summary(changes)}`);
    if (isDry()) {
      console.log('Nothing was written, since DRY is set.');
      return;
    }
    await plan.apply(changes);
    const failure = await writeReference(root);
    if (failure === undefined) {
      console.log(next);
      return;
    }
    console.error(
      `All this was written, but for docs/configuration.md, since make docs failed:\n${failure}\n` +
        'Mend that and run `make docs`, or undo what was written with git.',
    );
    process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    process.exitCode = error.usage ? BAD_USAGE : 1;
  }
}

/** The reference of the configuration follows from what was just written. @returns why it does not */
async function writeReference(root: string): Promise<string | undefined> {
  const tsx = path.join('node_modules', '.bin', 'tsx');
  const result = await runCommand(tsx, [path.join('scripts', 'docs', 'main.ts')], { cwd: root });
  if (result?.status === 0) return undefined;
  return result?.output.trimEnd() ?? 'there is no tsx';
}

/** Whether make's variable DRY says that nothing is to be written. */
export function isDry(): boolean {
  const value = process.env['DRY'];
  return value !== undefined && !['', '0', 'false', 'no'].includes(value);
}

function lineOf({ kind, path }: Change): string {
  return `  ${SIGNS[kind]} ${path}`;
}

function summary(changes: readonly Change[]): string {
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
  return `${count('add')} added, ${count('change')} changed, ${count('remove')} removed`;
}
