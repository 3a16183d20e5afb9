import { MissingToolError } from '../apache_kafka/toolchain.js';
import { type ClientChecks } from './check.js';
import { type Outcome } from './table.js';

/** A client that may not be on this machine. */
export interface Client {
  name: string;
  /** Its checks. Rejects with MissingToolError where a program is missing that they need. */
  open: () => Promise<ClientChecks>;
  /** Whether it is passed over where it is missing; else that is a failure. */
  mayBeMissing: boolean;
}

/** What came of the checks of all clients. */
export interface Verification {
  outcomes: readonly Outcome[];
  /** Whether every client was there: else the outcomes say less than a whole run. */
  complete: boolean;
}

/** Runs the checks of the clients one after another, with a line for each. */
export async function verifyClients(
  clients: readonly Client[],
  print: (line: string) => void,
): Promise<Verification> {
  const outcomes: Outcome[] = [];
  let complete = true;
  for (const { name, open, mayBeMissing } of clients) {
    const found = await open().catch((error: unknown) => {
      if (error instanceof MissingToolError) return error;
      throw error;
    });
    if (!(found instanceof MissingToolError)) {
      outcomes.push(...(await verify(found, print)));
      continue;
    }
    complete = false;
    print(`${mayBeMissing ? 'skipped' : 'FAILED'} ${name}: ${found.message}`);
    if (!mayBeMissing) outcomes.push({ client: name, what: 'all of it', failure: found.message });
  }
  return { outcomes, complete };
}

async function verify({ client, checks }: ClientChecks, print: (line: string) => void): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const check of checks) {
    const { what } = check;
    const failure = await check.run().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    print(
      `${failure === undefined ? 'works ' : 'FAILED'} ${client}: ${what}${failure ? `: ${failure}` : ''}`,
    );
    outcomes.push({ client, what, ...(failure === undefined ? {} : { failure }) });
  }
  return outcomes;
}
