import { Command } from 'commander';
import { type PartitionLag } from '../../kafka/index.js';
import { type Cli } from '../cli.js';
import { table } from '../text.js';

interface GroupLag {
  readonly group: string;
  /** Messages, markers and gaps included. */
  readonly lag: number;
  readonly partitions: readonly PartitionLag[];
}

/** `groups lag` */
export function groupsLag(cli: Cli): Command {
  return new Command('lag')
    .description('How far groups are behind, by partition.')
    .argument('[group]', 'this one instead of all')
    .action((group: string | undefined) =>
      cli.withKafka(async ({ admin }) => {
        const names = group === undefined ? await admin.listGroups() : [group];
        const lags = await Promise.all(
          names.map(async (name): Promise<GroupLag> => {
            const partitions = await admin.groupLag(name);
            // Tells an unknown group from one that has committed nothing; of one that has, brokers may tell no more.
            if (group !== undefined && partitions.length === 0) await admin.describeGroup(name);
            const lag = partitions.reduce((sum, one) => sum + one.lag, 0);
            return { group: name, lag, partitions };
          }),
        );
        cli.result(lags, describe);
      }),
    );
}

function describe(lags: readonly GroupLag[]): string {
  const rows = lags.flatMap(({ group, partitions }) =>
    partitions.map(({ topic, partition, committed, end, lag }) =>
      [group, `${topic}[${partition}]`, committed ?? 'none', end, lag].map(String),
    ),
  );
  const total = lags.reduce((sum, { lag }) => sum + lag, 0);
  return `${table(['GROUP', 'PARTITION', 'COMMITTED', 'END', 'LAG'], rows)}\n${total} behind in all`;
}
