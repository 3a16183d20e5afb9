import { Command } from 'commander';
import { type EffectiveSetting } from '../../../pkg/config/index.js';
import { type Cli } from '../cli.js';
import { oneLine, table } from '../text.js';

/** `config print`: needs no broker. */
export function configPrint(cli: Cli): Command {
  return new Command('print')
    .description('Every key, its value, and where that came from; secrets are masked.')
    .action(() => {
      cli.result(cli.settings(), (settings) =>
        table(
          ['KEY', 'VALUE', 'FROM'],
          settings.map((setting) => [setting.key, shown(setting), setting.source]),
        ),
      );
    });
}

function shown({ value }: EffectiveSetting): string {
  if (value === undefined) return '(not set)';
  return oneLine(Array.isArray(value) ? value.join(',') : String(value));
}
