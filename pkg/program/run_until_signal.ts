import { type RootLogger } from '../logger/index.js';
import { ExitCode } from './exit_codes.js';
import { type Lifecycle } from './lifecycle.js';

export interface RunOptions {
  /** Of the program, for its log. */
  readonly name: string;
  readonly logger: Pick<RootLogger, 'info' | 'error' | 'flush'>;
}

/**
 * Runs a program until SIGINT or SIGTERM; the second signal ends it at once. The process exits 0 after a clean
 * stop, 1 when the start failed or something did not stop in time. Resolves once the program has started.
 */
export async function runUntilSignal(lifecycle: Lifecycle, { name, logger }: RunOptions): Promise<void> {
  let asked = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(ExitCode.INTERRUPTED);
    asked = true;
    logger.info(`${signal}: stopping; once more to stop at once`);
    void stopAndExit(lifecycle, logger);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    await lifecycle.start();
    if (lifecycle.running) logger.info(`${name} is ready; stop it with Ctrl-C`);
  } catch (error) {
    logger.error('the program could not start', { error });
    await logger.flush();
    process.exit(ExitCode.FAILED);
  }
}

async function stopAndExit(lifecycle: Lifecycle, logger: RunOptions['logger']): Promise<void> {
  const clean = await lifecycle.stop();
  logger.info(clean ? 'stopped' : 'stopped, not cleanly');
  await logger.flush();
  process.exit(clean ? ExitCode.OK : ExitCode.FAILED);
}
