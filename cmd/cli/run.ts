import { type LoadOptions, loadConfig } from '../../config/config.js';
import { openOperatorTools } from '../../internal/app/index.js';
import { type Environment } from '../../pkg/config/index.js';
import { type CommonOptions, type Io, type KafkaTools, runKafkaCli } from '../../pkg/kafka_cli/index.js';
import { createLogger } from '../../pkg/logger/index.js';
import { type ExitCode } from '../../pkg/program/index.js';
import { configPrint } from './config_print.js';

/**
 * Does what the command line says, with the brokers and topics of the configuration.
 * @param env default: that of the process
 * @returns the exit code; see the table of `--help`
 */
export function runCli(argv: readonly string[], io: Io, env?: Environment): Promise<ExitCode> {
  const configOf = ({ brokers, set }: CommonOptions): LoadOptions => ({
    flags: { ...set, ...(brokers === undefined ? {} : { 'KAFKA.BROKERS': brokers }) },
    ...(env === undefined ? {} : { env }),
  });
  const open = async (options: CommonOptions): Promise<KafkaTools> => {
    const config = loadConfig(configOf(options));
    const level = options.verbose ? 'debug' : 'error';
    const logger = createLogger({ name: config.APP.NAME, level, format: 'pretty', stream: io.stderr });
    return openOperatorTools(config, logger);
  };
  const about = { name: 'cli', description: 'Tools for operators of the service.' };
  const config = {
    name: 'config',
    about: 'The configuration as it counts.',
    commands: [configPrint(configOf)],
  };
  return runKafkaCli({ ...about, open, more: [config] }, argv, io);
}
