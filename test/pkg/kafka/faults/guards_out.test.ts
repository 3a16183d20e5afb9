import { expect } from 'chai';
import { BuildCopy, RUN_TIMEOUT_MS } from './guards/build_copy.js';
import type { RunReport } from './guards/first_failure_reporter.js';
import type { Guard } from './guards/guard.js';
import { GUARDS } from './guards/guards.js';

/** The tests wait far more than they compute. */
const AT_ONCE = 4;

/** Takes each guard out of a copy of what was built, and demands that its test fails. */
describe('kafka: without a guard its test fails', function () {
  // Its copy may have been busy since the guard before this one was waited for.
  this.timeout(2 * RUN_TIMEOUT_MS + 10_000);
  const reports = new Map<Guard, Promise<RunReport>>();
  let copies: BuildCopy[];

  before(async () => {
    copies = await Promise.all(Array.from({ length: AT_ONCE }, () => BuildCopy.make()));
    for (const [index, guard] of GUARDS.entries()) {
      const report = copies[index % AT_ONCE]!.runWithout(guard);
      // What fails is for the guard's own test to say.
      report.catch(() => undefined);
      reports.set(guard, report);
    }
  });
  after(() => Promise.all(copies.map((copy) => copy.remove())));

  for (const guard of GUARDS) {
    const numbers = guard.pitfalls.length > 0 ? `${guard.pitfalls.join(', ')}: ` : '';
    it(`${numbers}${guard.guard}`, async function () {
      // What is tried again is run again.
      const again = (this.test as (Mocha.Test & { currentRetry(): number }) | undefined)?.currentRetry() ?? 0;
      const report = await (again > 0 ? copies[0]?.runWithout(guard) : reports.get(guard));
      expect(report?.tests, 'tests of that name').to.be.greaterThan(0);
      expect(report?.failures, 'failures').to.be.greaterThan(0);
    });
  }
});
