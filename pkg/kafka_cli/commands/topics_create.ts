import { Command } from 'commander';
import { type Cli } from '../cli.js';
import { collectPairs, wholeNumber } from '../options.js';

interface Options {
  partitions: number;
  replication: number;
  config: Record<string, string>;
  ifMissing: boolean;
}

/** `topics create` */
export function topicsCreate(cli: Cli): Command {
  return new Command('create')
    .description('Create a topic.')
    .argument('<topic>')
    .option('--partitions <number>', 'how many', wholeNumber(1), 3)
    .option('--replication <number>', 'copies of each; -1 leaves it to the broker', wholeNumber(-1), -1)
    .option('--config <name=value>', 'a setting of the topic; may be repeated', collectPairs, {})
    .option('--if-missing', 'do nothing where it exists', false)
    .action((topic: string, { partitions, replication, config, ifMissing }: Options) =>
      cli.withKafka(async ({ admin }) => {
        const spec = { topic, partitions, replicationFactor: replication, configs: config };
        const [ensured] = await admin.ensureTopics([spec]);
        if (ensured === undefined) throw new Error(`nothing is known of topic ${topic}`);
        const { created, differences } = ensured;
        if (!created && !ifMissing) throw new Error(`topic ${topic} exists already`);
        cli.result(ensured, () =>
          [
            `${topic} ${created ? 'created' : 'exists already'}, ${ensured.partitions} partitions`,
            ...differences.map(({ what, wanted, actual }) => `  ${what} is ${actual}, not ${wanted}`),
          ].join('\n'),
        );
      }),
    );
}
