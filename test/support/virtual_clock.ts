import sinon, { type SinonFakeTimers } from 'sinon';

const sandbox = sinon.createSandbox();

/** A clock that the test moves. One that an earlier test has not given back ends here. */
export function virtualClock(config?: Parameters<typeof sandbox.useFakeTimers>[0]): SinonFakeTimers {
  sandbox.restore();
  return sandbox.useFakeTimers(config);
}

/**
 * Lets time pass while `work` ends, and gives the real clock back whatever happens: a test that fails in
 * between must not leave its clock to those after it.
 */
export async function endUnder(
  clock: SinonFakeTimers,
  ms: number,
  work: () => Promise<unknown> | undefined,
): Promise<void> {
  let ending: Promise<unknown> | undefined;
  try {
    ending = work();
    await clock.tickAsync(ms);
  } finally {
    clock.restore();
  }
  await ending;
}
