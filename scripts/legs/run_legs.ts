import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from './child.js';
import { COUNTS_FILE } from './counting_reporter.js';
import { CannotRunError, type Counts, type Leg, type MochaCounts, type Prepared } from './leg.js';

/** How to run legs. */
export interface RunLegsOptions {
  /** true: a leg that cannot run here has failed. */
  ci: boolean;
  cwd: string;
  /** The environment of the legs' programs, to which each leg's own variables are added. */
  env: NodeJS.ProcessEnv;
  /** Where headings and results go, line by line. */
  print: (line: string) => void;
  /**
   * Where the programs' output goes; where this process writes, by default. A leg that runs beside another writes
   * there when it has ended, all at once.
   */
  output?: 'inherit' | 'ignore';
  /** How many legs may run at the same time; 1 by default. */
  atOnce?: number;
  /** Ends the running leg; the others are not started. */
  signal?: AbortSignal;
  /** Milliseconds that an interrupted leg has to end by itself; 5000 by default. */
  graceMs?: number;
}

const TIMEOUT_MS = 600_000;
const GRACE_MS = 5000;

interface Outcome extends Counts {
  /** Something a leg says about how it went. */
  reason?: string | undefined;
  /** Its tests that failed. */
  failures?: readonly string[];
  /** Those that failed and were tried again. */
  retried?: readonly string[];
  /** What its program wrote, where that was kept back. */
  written?: string | undefined;
}

const failedFor = (reason: string): Outcome => ({ passed: 0, failed: 1, reason });

/** The line that every test command ends with. */
export function closingLine({ passed, failed }: Counts): string {
  return `${passed} passed, ${failed} failed`;
}

/**
 * Runs legs in their order, several at once where allowed, all of them even where some fail, and sums what they
 * count. Ends with a line that begins with FAILED for each test, or leg without tests, that failed, after one that
 * begins with FLAKY for each test that had to be tried again. A leg counts at least one failure where its program
 * fails in any way: also when it dies before its tests were counted, has no tests, or lacks a leg that it needs.
 */
export async function runLegs(legs: readonly Leg[], options: RunLegsOptions): Promise<Counts> {
  const sum: Counts = { passed: 0, failed: 0 };
  const failed = new Set<string>();
  const failures: string[] = [];
  const flaky: string[] = [];
  const waiting = [...legs];
  const running = new Map<Leg, Promise<void>>();

  const run = async (leg: Leg, beside: boolean): Promise<void> => {
    const began = performance.now();
    const outcome =
      leg.needs !== undefined && failed.has(leg.needs)
        ? failedFor(`not run, because ${leg.needs} failed`)
        : await runLeg(leg, options, beside);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const reason = outcome.reason === undefined ? '' : `: ${outcome.reason}`;
    // Together, so that no other leg's lines come between.
    if (outcome.written !== undefined) options.print(outcome.written);
    options.print(`-- ${leg.name}: ${closingLine(outcome)} (${seconds} s)${reason}`);
    flaky.push(...(outcome.retried ?? []).map((what) => `FLAKY ${leg.name}: ${what}`));
    if (outcome.failed > 0) {
      failed.add(leg.name);
      const whats = outcome.failures ?? [outcome.reason ?? 'failed'];
      failures.push(...whats.map((what) => `FAILED ${leg.name}: ${what}`));
    }
    sum.passed += outcome.passed;
    sum.failed += outcome.failed;
  };

  for (;;) {
    if (options.signal?.aborted) waiting.length = 0;
    if (waiting.length + running.size === 0) break;
    const ready = waiting.filter((leg) => mayStart(leg, [...waiting, ...running.keys()], running));
    const next = running.size < (options.atOnce ?? 1) ? ready[0] : undefined;
    if (next !== undefined) {
      waiting.splice(waiting.indexOf(next), 1);
      const beside = (options.atOnce ?? 1) > 1 && (running.size > 0 || ready.length > 1);
      running.set(
        next,
        run(next, beside).finally(() => running.delete(next)),
      );
    } else await Promise.race(running.values());
  }
  for (const what of [...flaky, ...failures]) options.print(what);
  return sum;
}

/** Whether what a leg needs has ended, and nothing that wants to be alone is in its way. */
function mayStart(leg: Leg, unfinished: readonly Leg[], running: ReadonlyMap<Leg, unknown>): boolean {
  if (unfinished.some(({ name }) => name === leg.needs)) return false;
  return leg.alone === true ? running.size === 0 : ![...running.keys()].some(({ alone }) => alone === true);
}

async function runLeg(leg: Leg, options: RunLegsOptions, beside: boolean): Promise<Outcome> {
  let prepared: Prepared;
  try {
    prepared = (await leg.prepare?.()) ?? {};
  } catch (error) {
    options.print(`== ${leg.name}`);
    const reason = error instanceof Error ? error.message : String(error);
    if (!(error instanceof CannotRunError)) return failedFor(reason);
    const cannot = `cannot run here: ${reason}`;
    return options.ci ? failedFor(cannot) : { passed: 0, failed: 0, reason: cannot };
  }
  options.print(prepared.note === undefined ? `== ${leg.name}` : `== ${leg.name}: ${prepared.note}`);
  const folder = await mkdtemp(join(tmpdir(), 'test-leg-'));
  try {
    return await runPrepared(leg, { prepared, folder, options, beside });
  } finally {
    await rm(folder, { recursive: true, force: true });
    await prepared.release?.();
  }
}

interface PreparedRun {
  prepared: Prepared;
  /** For files of this run. */
  folder: string;
  options: RunLegsOptions;
  /** Whether other legs may run at the same time. */
  beside: boolean;
}

async function runPrepared(leg: Leg, run: PreparedRun): Promise<Outcome> {
  const { prepared, folder, options, beside } = run;
  const countsFile = join(folder, 'counts.json');
  const output = options.output ?? 'inherit';
  const kept = beside && output === 'inherit' ? await open(join(folder, 'output.txt'), 'w+') : undefined;
  const failure = await runChild({
    program: prepared.node ?? process.execPath,
    args: leg.args,
    cwd: options.cwd,
    env: { ...options.env, ...prepared.env, [COUNTS_FILE]: countsFile },
    output: kept?.fd ?? output,
    timeoutMs: leg.timeoutMs ?? TIMEOUT_MS,
    signal: options.signal ?? new AbortController().signal,
    graceMs: options.graceMs ?? GRACE_MS,
  });
  await kept?.close();
  const written = kept && (await readFile(join(folder, 'output.txt'), 'utf8'));
  return { ...(await outcomeOf(leg, failure, countsFile)), written };
}

async function outcomeOf(leg: Leg, failure: string | undefined, countsFile: string): Promise<Outcome> {
  if (leg.counts === 'exit') {
    return failure === undefined ? { passed: 1, failed: 0 } : failedFor(failure);
  }
  const counts = await readCounts(countsFile);
  if (!counts) return failedFor(`broke off before its tests were counted${failure ? `; it ${failure}` : ''}`);
  if (counts.passed + counts.failed === 0) return failedFor('ran no test');
  if (counts.failed > 0) return counts;
  if (failure === undefined) return counts;
  const { passed, retried } = counts;
  return { passed, failed: 1, retried, reason: `no test failed, but the run ${failure}` };
}

async function readCounts(file: string): Promise<MochaCounts | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as MochaCounts);
}
