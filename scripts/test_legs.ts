import { availableParallelism } from 'node:os';
import { COMMANDS, LEGS } from './legs/catalogue.js';
import { closingLine, runLegs } from './legs/run_legs.js';
import { projectRoot } from '../config/project_root.js';

/** What shells report of a program that was interrupted: 128 and the number of SIGINT. */
const INTERRUPTED = 130;
/** What the command-line programs of this project end with when called wrongly. */
const USAGE = 64;
/** Beside one for each processor, as most tests wait more than they compute; with more they would wait for each other. */
const LEGS_BESIDE = 2;

/**
 * Runs legs given by name, or those of a command such as `test`. Ends with the line `N passed, N failed`
 * and a status other than 0 where anything failed or it was called wrongly.
 */
async function main(names: readonly string[]): Promise<void> {
  const wanted = names.flatMap((name) => COMMANDS[name] ?? [name]);
  const unknown = wanted.filter((name) => !LEGS.some((leg) => leg.name === name));
  if (wanted.length === 0 || unknown.length > 0) {
    const known = [...Object.keys(COMMANDS), ...LEGS.map((leg) => leg.name)].join(' ');
    console.error(
      `${unknown.length > 0 ? `Unknown: ${unknown.join(' ')}. ` : ''}Usage: test_legs.ts ${known}`,
    );
    process.exitCode = USAGE;
    return;
  }

  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupt.abort();
    });
  }
  const counts = await runLegs(
    wanted.flatMap((name) => LEGS.filter((leg) => leg.name === name)),
    {
      ci: process.env['CI'] === 'true',
      cwd: projectRoot(),
      env: process.env,
      print: console.log,
      signal: interrupt.signal,
      atOnce: Math.min(availableParallelism(), 2) + LEGS_BESIDE,
    },
  );
  console.log(closingLine(counts));
  if (interrupt.signal.aborted) process.exitCode = INTERRUPTED;
  else if (counts.failed > 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
