import { Command } from 'commander';
import { type LoadOptions, loadConfigWithSources } from '../../config/config.js';
import { configSchema } from '../../config/schema.js';
import { type EffectiveSetting, effectiveSettings } from '../../pkg/config/index.js';
import { type Cli, type CommonOptions, oneLine, table } from '../../pkg/kafka_cli/index.js';

/** `config print`: needs no broker. */
export function configPrint(configOf: (options: CommonOptions) => LoadOptions) {
  return (cli: Cli): Command =>
    new Command('print')
      .description('Every key, its value, and where that came from; secrets are masked.')
      .action(() => {
        const settings = effectiveSettings(configSchema, loadConfigWithSources(configOf(cli.options)));
        cli.result(settings, (all) =>
          table(
            ['KEY', 'VALUE', 'FROM'],
            all.map((setting) => [setting.key, shown(setting), setting.source]),
          ),
        );
      });
}

function shown({ value }: EffectiveSetting): string {
  if (value === undefined) return '(not set)';
  return oneLine(Array.isArray(value) ? value.join(',') : String(value));
}
