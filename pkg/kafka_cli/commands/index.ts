import { Command } from 'commander';
import { type Cli } from '../cli.js';
import { consume } from './consume.js';
import { deadLettersDiscard } from './dead_letters_discard.js';
import { deadLettersList } from './dead_letters_list.js';
import { deadLettersReplay } from './dead_letters_replay.js';
import { groupsLag } from './groups_lag.js';
import { groupsList } from './groups_list.js';
import { groupsReset } from './groups_reset.js';
import { produce } from './produce.js';
import { topicsApply } from './topics_apply.js';
import { topicsCreate } from './topics_create.js';
import { topicsDescribe } from './topics_describe.js';
import { topicsDrift } from './topics_drift.js';
import { topicsList } from './topics_list.js';

/** Commands about one thing. */
export interface CommandGroup {
  readonly name: string;
  readonly about: string;
  readonly commands: readonly ((cli: Cli) => Command)[];
}

const GROUPS: readonly CommandGroup[] = [
  {
    name: 'topics',
    about: 'Topics.',
    commands: [topicsList, topicsCreate, topicsDescribe, topicsDrift, topicsApply],
  },
  { name: 'groups', about: 'Consumer groups.', commands: [groupsList, groupsLag, groupsReset] },
  {
    name: 'dead-letters',
    about: 'Messages that failed for good.',
    commands: [deadLettersList, deadLettersReplay, deadLettersDiscard],
  },
];

/** All commands of the program, those of `more` first. */
export function commands(cli: Cli, more: readonly CommandGroup[]): Command[] {
  const grouped = [...more, ...GROUPS].map(({ name, about, commands: makes }) => {
    const group = new Command(name).description(about);
    for (const make of makes) group.addCommand(make(cli));
    return group;
  });
  return [...grouped, produce(cli), consume(cli)];
}
