import { Command } from 'commander';
import { type Cli } from '../cli.js';
import { decideAbout, type DecideOptions, decides } from '../dead_letters.js';

interface Options extends DecideOptions {
  reason: string;
}

/** `dead-letters discard` */
export function deadLettersDiscard(cli: Cli): Command {
  return decides(new Command('discard'))
    .description('Put on record that nothing more is done about dead letters.')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(({ reason, ...options }: Options) =>
      decideAbout(cli, options, {
        action: 'discarded',
        decide: (desk, letter) => desk.discard(letter, reason),
      }),
    );
}
