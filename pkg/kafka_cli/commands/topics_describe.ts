import { Command } from 'commander';
import { type TopicDescription, type TopicOffset } from '../../kafka/index.js';
import { type Cli } from '../cli.js';
import { table } from '../text.js';

interface Described extends TopicDescription {
  readonly offsets: readonly TopicOffset[];
}

/** `topics describe` */
export function topicsDescribe(cli: Cli): Command {
  return new Command('describe')
    .description('The partitions and settings of a topic.')
    .argument('<topic>')
    .action((topic: string) =>
      cli.withKafka(async ({ admin }) => {
        const [description, offsets] = [await admin.describeTopic(topic), await admin.topicOffsets(topic)];
        cli.result<Described>({ ...description, offsets }, describe);
      }),
    );
}

function describe({ topic, partitions, configs, offsets }: Described): string {
  const rows = partitions.map(({ partition, leader, replicas, inSync }) => {
    const { low = '', high = '' } = offsets.find((one) => one.partition === partition) ?? {};
    const nodes = [leader ?? 'none', replicas.join(','), inSync.join(',')];
    return [partition, low, high, ...nodes].map(String);
  });
  const settings = Object.entries(configs).map(([name, value]) => `  ${name}=${value}`);
  return [
    topic,
    table(['PARTITION', 'FIRST', 'NEXT', 'LEADER', 'REPLICAS', 'IN SYNC'], rows),
    ...(settings.length === 0 ? ['no settings of its own'] : ['settings of its own:', ...settings]),
  ].join('\n');
}
