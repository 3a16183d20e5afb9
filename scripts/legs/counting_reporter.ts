import { writeFileSync } from 'node:fs';
import mocha from 'mocha';
import { type MochaCounts } from './leg.js';

const { reporters, Runner } = mocha;

/** Names the file that the counts are written to. */
export const COUNTS_FILE = 'TEST_LEGS_COUNTS';

const firstLine = (text: string): string => text.trimStart().split('\n', 1)[0] ?? '';

const lineOf = (test: mocha.Test, error: Error | undefined): string =>
  `${test.titlePath().join(': ')}: ${firstLine(error?.message ?? 'no message')}`;

/**
 * Mocha's spec reporter, which also leaves the counts of a finished run in the file that TEST_LEGS_COUNTS
 * names. A run that breaks off leaves none.
 */
export default class CountingReporter extends reporters.Spec {
  constructor(runner: mocha.Runner, options?: mocha.MochaOptions) {
    super(runner, options);
    const file = process.env[COUNTS_FILE];
    if (!file) throw new Error(`${COUNTS_FILE} must name the file for the counts.`);
    const retried: string[] = [];
    runner.on(Runner.constants.EVENT_TEST_RETRY, (test: mocha.Test, error: Error) => {
      retried.push(lineOf(test, error));
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const counts: MochaCounts = {
        passed: this.stats.passes,
        failed: this.stats.failures,
        failures: this.failures.map((test) => lineOf(test, test.err)),
        retried,
      };
      writeFileSync(file, JSON.stringify(counts));
    });
  }
}
