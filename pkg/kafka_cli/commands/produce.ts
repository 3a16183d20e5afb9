import { Command } from 'commander';
import { type KafkaManager, type PublishReceipt, type SendOptions } from '../../kafka/index.js';
import { type Cli } from '../cli.js';
import { UsageError } from '../failures.js';
import { lines } from '../lines.js';
import { collectPairs, wholeNumber } from '../options.js';
import { place } from '../text.js';

interface Options {
  key?: string;
  header: Record<string, string>;
  partition?: number;
  tombstone: boolean;
}

/** Lines of the input that are on their way at a time. */
const IN_FLIGHT = 1_000;

/** `produce` */
export function produce(cli: Cli): Command {
  return new Command('produce')
    .description('Send a message, or each line of the standard input as one.')
    .argument('<topic>')
    .argument('[value]', 'the message; without one, lines are read from the standard input')
    .option('--key <key>', 'messages of one key keep their order')
    .option('--header <name=value>', 'may be repeated', collectPairs, {})
    .option('--partition <number>', 'instead of the one that the key gives', wholeNumber(0))
    .option('--tombstone', 'send no value at all, which deletes the key in a compacted topic', false)
    .action((topic: string, value: string | undefined, options: Options) => {
      if (options.tombstone && value !== undefined) throw new UsageError('--tombstone has no value');
      return cli.withKafka(async ({ admin, kafka }) => {
        // A producer would wait a while for an unknown topic to appear.
        await admin.topicOffsets(topic);
        const target = { kafka, topic, options };
        if (value !== undefined || options.tombstone) report(cli, await send(target, value ?? null));
        else await sendLines(cli, target);
      });
    });
}

interface Target {
  kafka: KafkaManager;
  topic: string;
  options: Options;
}

function send({ kafka, topic, options }: Target, value: string | null): Promise<PublishReceipt> {
  const { header: headers, key = null, partition } = options;
  const settings: SendOptions = { headers, partition };
  return kafka.sendMessage(topic, key, value, settings);
}

async function sendLines(cli: Cli, target: Target): Promise<void> {
  const { stdin } = cli.io;
  if (stdin.isTTY === true) cli.remark('Each line is a message; Ctrl-D ends.');
  const progress = cli.progress('sent');
  const batch: Promise<PublishReceipt>[] = [];
  const settle = async (): Promise<void> => {
    const outcomes = await Promise.allSettled(batch.splice(0));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') continue;
      report(cli, outcome.value);
      progress.add();
    }
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };
  try {
    for await (const line of lines(stdin, cli.signal)) {
      const sent = send(target, line);
      // Its failure is looked at when the batch is settled.
      sent.catch(() => undefined);
      batch.push(sent);
      // A person wants to see each line's fate, a file to be sent quickly.
      if (stdin.isTTY === true || batch.length >= IN_FLIGHT) await settle();
    }
  } finally {
    // Also when it is interrupted: what was sent is reported.
    await settle().finally(() => {
      progress.end();
    });
  }
  cli.checkDone();
}

function report(cli: Cli, receipt: PublishReceipt): void {
  cli.item(receipt, (stored) => `stored at ${place(stored)}`);
}
