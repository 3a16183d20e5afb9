/** How long and with which chance the fault suites run: `make test-faults ROUNDS=200 SEED=7`. */

/** Rounds of a loop. @param few what a short run, as in CI, makes of it */
export function rounds(few: number): number {
  return positive('ROUNDS') ?? few;
}

/**
 * The seed of this run; it stands in the tests' names, so that a failing run can be repeated. In CI a change is held
 * to the same runs as the one before it; others are tried each night.
 */
export const seed: number = positive('SEED') ?? (process.env['CI'] === 'true' ? 1 : Date.now() % 1_000_000);

function positive(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${name} is "${text}"; set it to a whole number from 1 on`);
  return value;
}
