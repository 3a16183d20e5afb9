/** A secret, or where it is asked for whenever it is needed: for one that may be replaced. */
export type Secret = string | (() => string);

/** The secret as it is now. */
export function currentSecret(secret: Secret): string {
  return typeof secret === 'string' ? secret : secret();
}
