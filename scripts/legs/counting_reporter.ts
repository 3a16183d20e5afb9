import { writeFileSync } from 'node:fs';
import mocha from 'mocha';
import { type MochaCounts } from './leg.js';

const { reporters, Runner } = mocha;

/** Names the file that the counts are written to. */
export const COUNTS_FILE = 'TEST_LEGS_COUNTS';

const firstLine = (text: string): string => text.trimStart().split('\n', 1)[0] ?? '';

/**
 * Mocha's spec reporter, which also leaves the counts of a finished run in the file that TEST_LEGS_COUNTS
 * names. A run that breaks off leaves none.
 */
export default class CountingReporter extends reporters.Spec {
  constructor(runner: mocha.Runner, options?: mocha.MochaOptions) {
    super(runner, options);
    const file = process.env[COUNTS_FILE];
    if (!file) throw new Error(`${COUNTS_FILE} must name the file for the counts.`);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const counts: MochaCounts = {
        passed: this.stats.passes,
        failed: this.stats.failures,
        failures: this.failures.map(
          (test) => `${test.titlePath().join(': ')}: ${firstLine(test.err?.message ?? 'no message')}`,
        ),
      };
      writeFileSync(file, JSON.stringify(counts));
    });
  }
}
