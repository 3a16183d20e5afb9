import { writeFileSync } from 'node:fs';
import mocha from 'mocha';

const { reporters, Runner } = mocha;

/** Names the file that {@link FirstFailureReporter} writes. */
export const REPORT_FILE = 'GUARDS_OUT_REPORT';

/** What a run came to. */
export interface RunReport {
  readonly tests: number;
  readonly failures: number;
}

/** Ends the run with the first failure: what a failed test leaves behind may hold the next ones up for long. */
export default class FirstFailureReporter extends reporters.Base {
  constructor(runner: mocha.Runner, options?: mocha.MochaOptions) {
    super(runner, options);
    let tests = 0;
    const report = (failures: number): void => {
      const counts: RunReport = { tests, failures };
      writeFileSync(process.env[REPORT_FILE] ?? '', JSON.stringify(counts));
    };
    runner.on(Runner.constants.EVENT_TEST_BEGIN, () => {
      tests += 1;
    });
    runner.on(Runner.constants.EVENT_TEST_FAIL, () => {
      report(1);
      process.exit(1);
    });
    runner.on(Runner.constants.EVENT_RUN_END, () => {
      report(0);
    });
  }
}
