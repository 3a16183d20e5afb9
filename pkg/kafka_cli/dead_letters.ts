import { hostname, userInfo } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import {
  type DeadLetter,
  DeadLetterDesk,
  type DeadLetterFilter,
  type Decision,
  readableMessage,
} from '../kafka/index.js';
import { type Cli, type KafkaTools } from './cli.js';
import { UsageError } from './failures.js';
import { moment, wholeNumber } from './options.js';
import { place } from './text.js';

/** The options by which dead letters are chosen. */
export interface ChoiceOptions {
  topic?: string;
  group?: string;
  id?: { partition: number; offset: string }[];
  error?: string;
  type?: string;
  key?: string;
  since?: Date;
  until?: Date;
}

/** The options of commands that decide about dead letters. */
export interface DecideOptions extends ChoiceOptions {
  all: boolean;
  dryRun: boolean;
  /** A second. */
  rate?: number;
}

/** Adds the options by which dead letters are chosen. */
export function chooses(command: Command): Command {
  return command
    .option('--topic <topic>', 'of this topic')
    .option('--group <group>', 'of this consumer group')
    .option('--id <partition@offset>', 'this one; may be repeated; with --topic and --group', collectIds)
    .option('--error <class>', 'failed with this error')
    .option('--type <type>', 'of this event type')
    .option('--key <key>', 'with this key')
    .option('--since <time>', 'failed then or later', moment)
    .option('--until <time>', 'failed before', moment);
}

/** Adds those of commands that decide about them. */
export function decides(command: Command): Command {
  return chooses(command)
    .option('--all', 'all that are left, where nothing says which', false)
    .option('--dry-run', 'only show which', false)
    .option('--rate <number>', 'at most so many a second', wholeNumber(1));
}

/** Something to do about each of some dead letters. */
export interface Task {
  readonly action: Decision['action'];
  readonly decide: (desk: DeadLetterDesk, letter: DeadLetter) => Promise<Decision>;
}

/** Decides about every dead letter that is meant, prints each decision, and sums up. */
export async function decideAbout(cli: Cli, options: DecideOptions, task: Task): Promise<void> {
  const conditions = { ...filterOf(options), topic: undefined, group: undefined };
  if (!options.all && Object.values(conditions).every((condition) => condition === undefined)) {
    throw new UsageError('say which dead letters, or --all');
  }
  await cli.withKafka(async (tools) => {
    const desk = deskOf(tools);
    const progress = cli.progress(task.action);
    try {
      for (const topic of await topicsOfChoice(desk, options)) {
        await decideIn(topic, {
          cli,
          desk,
          options,
          task,
          done: () => {
            progress.add();
          },
        });
      }
    } finally {
      progress.end();
    }
    if (!options.dryRun) cli.checkDone();
    cli.checkShown();
    if (cli.signal.aborted) return;
    cli.remark(`${progress.total} ${options.dryRun ? 'would be ' : ''}${task.action}`);
  });
}

interface Work {
  cli: Cli;
  desk: DeadLetterDesk;
  options: DecideOptions;
  task: Task;
  done: () => void;
}

async function decideIn(topic: string, { cli, desk, options, task, done }: Work): Promise<void> {
  const { dryRun, rate } = options;
  let isOpen = false;
  try {
    for await (const letter of desk.pending(topic, filterOf(options), cli.signal)) {
      if (dryRun) {
        cli.item(readableLetter(letter), ({ place: where }) => `would be ${task.action}: ${where}`);
      } else {
        if (!isOpen) await desk.open(topic, task.action);
        isOpen = true;
        cli.item(await task.decide(desk, letter), (decision) => described(topic, decision));
        if (rate !== undefined) await wait(1_000 / rate);
      }
      done();
      if (cli.signal.aborted) return;
    }
  } finally {
    if (isOpen) await desk.advance(topic);
  }
}

function described(topic: string, { action, partition, offset, to }: Decision): string {
  const where = place({ topic, partition, offset });
  return to === null ? `${action} ${where}` : `${action} ${where} to ${place(to)}`;
}

/** The dead letter as JSON can hold it. */
export function readableLetter(letter: DeadLetter) {
  const { record, failedAt, ...why } = letter;
  return {
    place: place(record),
    failedAt: new Date(failedAt).toISOString(),
    ...why,
    record: readableMessage(record),
  };
}

/** What the options mean. */
export function filterOf(options: ChoiceOptions): DeadLetterFilter {
  const { topic, group, id: ids, error, type: eventType, key, since, until } = options;
  return { topic, group, ids, error, eventType, key, since, until };
}

/** The desk, with the user's name for its records. */
export function deskOf({ driver, admin, kafka }: KafkaTools): DeadLetterDesk {
  return new DeadLetterDesk({
    driver,
    admin,
    kafka,
    // Asked for by decisions only.
    get by() {
      return `${userName()}@${hostname()}`;
    },
  });
}

/** In a container the number of the user may be in no list of users, and then there is no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** The topics of dead letters that are meant. @throws Error when there is none, UsageError */
export async function topicsOfChoice(desk: DeadLetterDesk, options: ChoiceOptions): Promise<string[]> {
  const topics = await desk.topics(options);
  const { topic = 'any topic', group = 'any group' } = options;
  if (topics.length === 0) throw new Error(`there are no dead letters of ${topic} and ${group}`);
  if (options.id !== undefined && topics.length > 1) {
    throw new UsageError(`--id is ambiguous: name --topic and --group, since there are ${topics.join(', ')}`);
  }
  return topics;
}

function collectIds(
  text: string,
  previous: readonly { partition: number; offset: string }[] = [],
): { partition: number; offset: string }[] {
  const [, partition, offset] = /^(\d+)@(\d+)$/.exec(text) ?? [];
  if (partition === undefined || offset === undefined) {
    throw new InvalidArgumentError('Write it as partition@offset, for example 2@17.');
  }
  return [...previous, { partition: Number(partition), offset }];
}
