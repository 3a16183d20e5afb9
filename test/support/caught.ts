import { expect } from 'chai';

// The constructor's arguments do not matter here.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** Runs `action`, which must throw an error of the given class, and returns it for a closer look. */
export function caught<E extends Error>(action: () => unknown, type: ErrorClass<E>): E {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(type);
    return error as E;
  }
  throw new Error(`expected ${type.name}, nothing was thrown`);
}

/** The same for a promise, which must reject. */
export async function rejection<E extends Error>(promise: Promise<unknown>, type: ErrorClass<E>): Promise<E> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (!outcome) throw new Error(`expected ${type.name}, the promise resolved`);
  expect(outcome.error).to.be.instanceOf(type);
  return outcome.error as E;
}
