import { Command } from 'commander';
import { applyTopics, type AppliedTopic } from '../../kafka/index.js';
import { type Cli } from '../cli.js';
import { differenceLines } from '../topic_differences.js';

interface Options {
  allowDeletion: boolean;
  allowReset: boolean;
}

/** `topics apply` */
export function topicsApply(cli: Cli): Command {
  return new Command('apply')
    .description(
      'Make the topics of the service and its groups as the code says: create, add partitions, change settings.',
    )
    .option('--allow-deletion', 'change also what makes brokers delete messages', false)
    .option('--allow-reset', 'give settings that the code does not name back to the brokers', false)
    .action(({ allowDeletion, allowReset }: Options) =>
      cli.withKafka(async ({ driver, topics, failureTopics }) => {
        const options = { mayDelete: allowDeletion, mayReset: allowReset };
        const sources = await applyTopics(driver, topics, options);
        // Only now is it known what their sources have become.
        const applied = [...sources, ...(await applyTopics(driver, await failureTopics(), options))];
        cli.result(applied, (topics) => topics.map(describe).join('\n'));
        const left = applied.reduce((sum, topic) => sum + topic.left.length, 0);
        if (left > 0) throw new Error(`${left} differences are left`);
      }),
    );
}

function describe({ topic, created, changed, left }: AppliedTopic): string {
  if (created) return `${topic} created`;
  if (changed.length + left.length === 0) return `${topic} is as it should be`;
  return [
    topic,
    ...changed.map(({ what, wanted, actual }) => `  ${what} changed from ${actual} to ${wanted}`),
    ...differenceLines(left),
  ].join('\n');
}
