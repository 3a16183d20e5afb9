import { Command } from 'commander';
import { type Cli } from '../cli.js';

interface Options {
  internal: boolean;
}

/** `topics list` */
export function topicsList(cli: Cli): Command {
  return new Command('list')
    .description('The names of all topics.')
    .option('--internal', 'those of Kafka itself as well', false)
    .action(({ internal }: Options) =>
      cli.withKafka(async ({ admin }) => {
        cli.result(await admin.listTopics({ internal }), (names) => names.join('\n'));
      }),
    );
}
