import { Command } from 'commander';
import { type OffsetTarget } from '../../kafka/index.js';
import { type Cli } from '../cli.js';
import { collectPartitions, position } from '../options.js';
import { place, table } from '../text.js';

interface Options {
  topic: string;
  to: OffsetTarget;
  partition?: number[];
}

/** `groups reset` */
export function groupsReset(cli: Cli): Command {
  return new Command('reset')
    .description('Put the position of a group that has no members; it goes on from there.')
    .argument('<group>')
    .requiredOption('--topic <topic>', 'in this topic')
    .requiredOption(
      '--to <position>',
      'earliest, latest, an offset, or a time (the first message from then on)',
      position,
    )
    .option('--partition <number>', 'only this partition; may be repeated', collectPartitions)
    .action((group: string, { topic, to, partition: partitions }: Options) =>
      cli.withKafka(async ({ admin }) => {
        const before = await admin.groupOffsets(group, [topic]);
        const after = await admin.resetGroupOffsets(group, topic, to, partitions && { partitions });
        const changes = after.map(({ partition, offset }) => {
          const from = before.find((one) => one.partition === partition)?.offset ?? null;
          return { group, topic, partition, from, to: offset };
        });
        cli.result(changes, (all) =>
          table(
            ['WAS', 'NOW'],
            all.map((change) => [
              change.from === null ? 'none' : place({ ...change, offset: change.from }),
              place({ ...change, offset: change.to }),
            ]),
          ),
        );
      }),
    );
}
