import { Command } from 'commander';
import {
  type OffsetTarget,
  type ReadableBytes,
  type ReadableMessage,
  readableMessage,
  readPartition,
  type TopicOffset,
  type TopicPartition,
  within,
} from '../../kafka/index.js';
import { type Cli, type KafkaTools } from '../cli.js';
import { UsageError } from '../failures.js';
import { collectPartitions, position, wholeNumber } from '../options.js';
import { oneLine, place } from '../text.js';

interface Options {
  from?: OffsetTarget;
  follow: boolean;
  limit?: number;
  partition?: number[];
  key?: string;
}

/** `consume` */
export function consume(cli: Cli): Command {
  return new Command('consume')
    .description('Print the messages of topics, without a group: nobody else gets fewer for it.')
    .argument('[topics...]', 'default: all of the configuration')
    .option('--follow', 'go on with what comes, until Ctrl-C', false)
    .option(
      '--from <position>',
      'earliest, latest, an offset, or a time (default: earliest; with --follow latest)',
      position,
    )
    .option('--limit <number>', 'end after so many messages', wholeNumber(1))
    .option('--partition <number>', 'only this partition; may be repeated', collectPartitions)
    .option('--key <key>', 'only messages with this key')
    .action((topics: string[], options: Options) =>
      cli.withKafka(async (tools) => {
        const wanted = topics.length > 0 ? topics : tools.topics.map(({ topic }) => topic);
        const partitions = await partitionsOf(tools, wanted, options.partition);
        await new Reading(cli, tools, options).read(partitions);
      }),
    );
}

type Ends = TopicPartition & Pick<TopicOffset, 'low' | 'high'>;

async function partitionsOf(
  { admin }: KafkaTools,
  topics: readonly string[],
  only: readonly number[] | undefined,
): Promise<Ends[]> {
  const all = await Promise.all(
    topics.map(async (topic) => {
      const ends = await admin.topicOffsets(topic);
      return ends.map(({ partition, low, high }) => ({ topic, partition, low, high }));
    }),
  );
  const chosen = all.flat().filter(({ partition }) => only?.includes(partition) ?? true);
  if (chosen.length === 0) {
    throw new UsageError(`no partition ${only?.join(', ') ?? ''} is in ${topics.join(', ') || 'no topic'}`);
  }
  return chosen;
}

class Reading {
  private readonly done = new AbortController();
  private printed = 0;

  constructor(
    private readonly cli: Cli,
    private readonly tools: KafkaTools,
    private readonly options: Options,
  ) {}

  async read(partitions: readonly Ends[]): Promise<void> {
    if (this.options.follow) {
      const topics = [...new Set(partitions.map(({ topic }) => topic))];
      this.cli.remark(`Following ${topics.join(', ')}; Ctrl-C ends.`);
      try {
        await Promise.all(partitions.map((partition) => this.readOne(partition)));
      } finally {
        // Where one of them cannot be read, the others would go on.
        this.done.abort();
      }
      return;
    }
    for (const partition of partitions) await this.readOne(partition);
    this.cli.checkShown();
  }

  private async readOne({ topic, partition, low, high }: Ends): Promise<void> {
    const { follow, from = follow ? 'latest' : 'earliest' } = this.options;
    const signal = AbortSignal.any([this.cli.signal, this.done.signal]);
    const batches = readPartition(this.tools.driver, {
      topic,
      partition,
      // Of several partitions not each has the offset.
      from: typeof from === 'bigint' ? within(from, BigInt(low), BigInt(high)) : from,
      signal,
      ...(follow ? {} : { to: 'end' as const }),
    });
    for await (const { records } of batches) {
      for (const record of records) {
        if (signal.aborted) return;
        this.print(readableMessage(record));
      }
    }
  }

  private print(message: ReadableMessage): void {
    const { key, limit } = this.options;
    if (key !== undefined && message.key !== key) return;
    this.cli.item(message, describe);
    this.printed += 1;
    if (this.printed === limit) this.done.abort();
  }
}

function describe(message: ReadableMessage): string {
  const { timestamp, key, value } = message;
  return [timestamp ?? '(no time)', place(message), shown(key, '(no key)'), shown(value, '(tombstone)')].join(
    '  ',
  );
}

function shown(bytes: ReadableBytes | null, none: string): string {
  if (bytes === null) return none;
  return typeof bytes === 'string' ? oneLine(bytes) : `base64:${bytes.base64}`;
}
