/** The embedded broker as a program of its own; `--help` lists its options. */
import { serve } from '../../pkg/devbroker/index.js';
import { ExitCode } from '../../pkg/program/index.js';

const CODES = { done: ExitCode.OK, failed: ExitCode.FAILED, misused: ExitCode.USAGE };

const outcome = await serve(process.argv.slice(2), {
  tryIt: (address) => `KAFKA_BROKERS=${address} make run`,
});
process.exitCode = CODES[outcome];
