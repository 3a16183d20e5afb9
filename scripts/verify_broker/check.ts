import { runCommand } from '../run_command.js';

/** One thing that a client of others does with the embedded broker. */
export interface Check {
  /** What the broker has to be able to do for it, in the words of the table. */
  what: string;
  /** Rejects with the reason when it does not work. */
  run(): Promise<void>;
}

/** The checks of one client. */
export interface ClientChecks {
  /** Name and version, as the table shows them. */
  client: string;
  checks: readonly Check[];
}

/** Runs a program that has to succeed. @returns its output @throws Error with the end of its output */
export async function succeed(
  [program, ...args]: readonly [string, ...string[]],
  { input = '', timeoutMs = 60_000 }: { input?: string; timeoutMs?: number } = {},
): Promise<string> {
  const result = await runCommand(program, args, { input, timeoutMs });
  if (result === undefined) throw new Error(`${program} is not installed`);
  if (result.status !== 0)
    throw new Error(`${program} ended with ${result.status}: ${reason(result.output)}`);
  return result.output;
}

/** The line of a failed program's output that says most: Java buries it in stack traces. */
function reason(output: string): string {
  const lines = output.trim().split('\n');
  return (lines.find((line) => /error|exception/i.test(line)) ?? lines.at(-1) ?? '').trim();
}

/** @throws Error showing what the output was, when it does not have every one of `patterns` */
export function demand(output: string, ...patterns: readonly RegExp[]): void {
  for (const pattern of patterns) {
    if (!pattern.test(output)) throw new Error(`no ${String(pattern)} in: ${output.trim().slice(0, 400)}`);
  }
}

/** @throws Error naming both, when they differ */
export function demandEqual(actual: unknown, expected: unknown): void {
  const [got, wanted] = [actual, expected].map((value) => JSON.stringify(value));
  if (got !== wanted) throw new Error(`expected ${String(wanted)}, got ${String(got)}`);
}
