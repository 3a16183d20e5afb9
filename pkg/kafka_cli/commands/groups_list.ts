import { Command } from 'commander';
import { type Cli } from '../cli.js';
import { table } from '../text.js';

/** `groups list` */
export function groupsList(cli: Cli): Command {
  return new Command('list').description('All consumer groups and their members.').action(() =>
    cli.withKafka(async ({ admin }) => {
      const names = await admin.listGroups();
      const groups = await Promise.all(names.map((name) => admin.describeGroup(name)));
      cli.result(groups, (all) =>
        table(
          ['GROUP', 'STATE', 'MEMBERS'],
          all.map(({ groupId, state, members }) => [groupId, state, String(members.length)]),
        ),
      );
    }),
  );
}
