/** The service's tools for operators; `--help` lists them. */
import { OutputClosed } from '../../pkg/kafka_cli/index.js';
import { ExitCode } from '../../pkg/program/index.js';
import { runCli } from './run.js';

const interrupt = new AbortController();
let interrupted = false;
const onSignal = (): void => {
  if (interrupted) process.exit(ExitCode.INTERRUPTED);
  interrupted = true;
  interrupt.abort();
};
process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
// Whoever reads on the other side of a pipe may have had enough, as `head` does. What has begun is ended nevertheless.
process.stdout.on('error', (error: Error) => {
  interrupt.abort(new OutputClosed(error));
});

const { stdin, stdout, stderr } = process;
process.exitCode = await runCli(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  signal: interrupt.signal,
});
if (interrupt.signal.aborted) process.exit();
