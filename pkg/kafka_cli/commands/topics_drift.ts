import { Command } from 'commander';
import { driftOf, type TopicDrift } from '../../kafka/index.js';
import { type Cli } from '../cli.js';
import { differenceLines } from '../topic_differences.js';

/** `topics drift` */
export function topicsDrift(cli: Cli): Command {
  return new Command('drift')
    .description(
      'Where the topics of the service and its groups are not as the code says; exits 1 when any is.',
    )
    .action(() =>
      cli.withKafka(async ({ driver, topics, failureTopics }) => {
        const drift = await driftOf(driver, [...topics, ...(await failureTopics())]);
        cli.result(drift, (topics) => topics.map(describe).join('\n'));
        const off = drift.filter(isOff);
        if (off.length > 0) {
          throw new Error(`${off.length} of ${drift.length} topics differ; "topics apply" ${mends(off)}`);
        }
      }),
    );
}

function isOff({ missing, differences }: TopicDrift): boolean {
  return missing || differences.length > 0;
}

function mends(off: readonly TopicDrift[]): string {
  const all = off.every(({ differences }) => differences.every(({ why }) => why === undefined));
  return all ? 'mends them' : 'mends what it may, and says what stays and why';
}

function describe(drift: TopicDrift): string {
  const { topic, missing, differences } = drift;
  if (missing) return `${topic} is missing`;
  if (!isOff(drift)) return `${topic} is as it should be`;
  return [`${topic} differs`, ...differenceLines(differences)].join('\n');
}
