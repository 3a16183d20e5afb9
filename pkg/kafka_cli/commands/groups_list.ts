import { Command } from 'commander';
import { type KafkaAdmin, UnknownGroup } from '../../kafka/index.js';
import { type Cli } from '../cli.js';
import { table } from '../text.js';

const UNKNOWN = 'Unknown';

/** `groups list` */
export function groupsList(cli: Cli): Command {
  return new Command('list').description('All consumer groups and their members.').action(() =>
    cli.withKafka(async ({ admin }) => {
      const names = await admin.listGroups();
      const groups = await Promise.all(names.map((name) => describeGroup(admin, name)));
      cli.result(groups, (all) =>
        table(
          ['GROUP', 'STATE', 'MEMBERS'],
          all.map(({ groupId, state, members }) => [groupId, state, String(members?.length ?? '?')]),
        ),
      );
      const unknown = groups.filter(({ members }) => members === null).map(({ groupId }) => groupId);
      if (unknown.length === 0) return;
      cli.remark(
        `Brokers list ${unknown.join(', ')} but do not describe it as a group of the classic protocol: ` +
          'it may use a newer one (KIP-848), or was deleted just now.',
      );
    }),
  );
}

/** The group, as far as brokers describe it: they list also those of protocols of which they tell us nothing. */
async function describeGroup(admin: KafkaAdmin, groupId: string) {
  try {
    return await admin.describeGroup(groupId);
  } catch (error) {
    if (!(error instanceof UnknownGroup)) throw error;
    return { groupId, state: UNKNOWN, members: null };
  }
}
