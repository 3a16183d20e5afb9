import { projectRoot } from '../../config/project_root.js';
import { type Change, Plan } from './plan.js';
import { renewReference } from './reference.js';
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
    await renewReference(plan);
    const changes = await plan.changes();
    if (changes.length === 0) throw new Refusal('there is nothing to do');
    console.log(`${title}\n${changes.map(lineOf).join('\n')}\n\n${summary(changes)}`);
    if (isDry()) {
      console.log('Nothing was written, since DRY is set.');
      return;
    }
    await plan.apply(changes);
    console.log(next);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    process.exitCode = error.usage ? BAD_USAGE : 1;
  }
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
