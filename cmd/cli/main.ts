/** The service's tools for operators; `--help` lists them. */
import { ExitCode } from '../../pkg/program/index.js';
import { runCli } from './run.js';

const interrupt = new AbortController();
const onSignal = (): void => {
  if (interrupt.signal.aborted) process.exit(ExitCode.INTERRUPTED);
  interrupt.abort();
};
process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
// Whoever reads on the other side of a pipe may have had enough, as `head` does.
process.stdout.on('error', () => process.exit(ExitCode.OK));

const { stdin, stdout, stderr } = process;
process.exitCode = await runCli(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  signal: interrupt.signal,
});
if (interrupt.signal.aborted) process.exit();
