import { ExitCode } from '../program/index.js';
import { ConfigError } from './config_error.js';

/**
 * For a program's main: where the configuration is wrong, lists the problems on stderr and exits with
 * ExitCode.CONFIG (78).
 */
export function orExit<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(ExitCode.CONFIG);
  }
}
