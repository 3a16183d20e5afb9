import { Command } from 'commander';
import { type Cli } from '../cli.js';
import { decideAbout, type DecideOptions, decides } from '../dead_letters.js';

/** `dead-letters replay` */
export function deadLettersReplay(cli: Cli): Command {
  return decides(new Command('replay'))
    .description('Hand dead letters, as they were, to the group that failed, and to no other.')
    .action((options: DecideOptions) =>
      decideAbout(cli, options, { action: 'replayed', decide: (desk, letter) => desk.replay(letter) }),
    );
}
