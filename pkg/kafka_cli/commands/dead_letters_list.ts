import { Command } from 'commander';
import { type Cli } from '../cli.js';
import {
  type ChoiceOptions,
  chooses,
  deskOf,
  filterOf,
  readableLetter,
  topicsOfChoice,
} from '../dead_letters.js';
import { wholeNumber } from '../options.js';
import { oneLine, table } from '../text.js';

type Letter = ReturnType<typeof readableLetter>;

interface Options extends ChoiceOptions {
  limit: number;
}

const LONGEST_MESSAGE = 80;

/** `dead-letters list` */
export function deadLettersList(cli: Cli): Command {
  return chooses(new Command('list'))
    .description('Messages that failed for good and that nobody has decided about.')
    .option('--limit <number>', 'no more than so many', wholeNumber(1), 100)
    .action((options: Options) =>
      cli.withKafka(async (tools) => {
        const desk = deskOf(tools);
        const letters: Letter[] = [];
        const isFull = () => letters.length > options.limit;
        for (const topic of await topicsOfChoice(desk, options)) {
          for await (const letter of desk.pending(topic, filterOf(options), cli.signal)) {
            letters.push(readableLetter(letter));
            if (isFull()) break;
          }
          if (isFull()) break;
        }
        cli.checkShown();
        if (isFull()) cli.remark(`There are more than ${options.limit}; --limit shows more.`);
        cli.result(letters.slice(0, options.limit), describe);
      }),
    );
}

function describe(letters: readonly Letter[]): string {
  if (letters.length === 0) return 'none';
  const rows = letters.map(({ place, failedAt, attempts, eventType, record, error, message }) => [
    place,
    failedAt,
    String(attempts ?? ''),
    oneLine(eventType ?? ''),
    oneLine(typeof record.key === 'string' ? record.key : ''),
    oneLine(`${error ?? ''}: ${message ?? ''}`.slice(0, LONGEST_MESSAGE)),
  ]);
  return table(['DEAD LETTER', 'FAILED AT', 'ATTEMPTS', 'TYPE', 'KEY', 'WHY'], rows);
}
