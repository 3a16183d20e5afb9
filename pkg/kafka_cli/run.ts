import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { type Command, Command as Program, Option } from 'commander';
import { ExitCode } from '../program/index.js';
import { Cli, type CommonOptions, type OpenKafka } from './cli.js';
import { type CommandGroup, commands } from './commands/index.js';
import { EXIT_CODES, explain, OutputClosed } from './failures.js';
import { type Io } from './io.js';
import { collectPairs } from './options.js';

/** Milliseconds that an interrupted command gets to end by itself. */
const GRACE_MS = 2_000;

/** A program for operators, with the commands about Kafka and those that it adds. */
export interface KafkaCli {
  readonly name: string;
  readonly description: string;
  readonly open: OpenKafka;
  /** Commands beside those about Kafka; they come first in the help. */
  readonly more?: readonly CommandGroup[];
}

/** Does what the command line says. @returns the exit code; see the table of `--help` */
export async function runKafkaCli(
  { name, description, open, more = [] }: KafkaCli,
  argv: readonly string[],
  io: Io,
): Promise<ExitCode> {
  const cli = new Cli(io, open);
  const program = new Program(name)
    .description(description)
    .addHelpText('after', exitCodeHelp())
    .hook('preAction', (_program, action) => {
      cli.begin(action.opts<CommonOptions>());
    });
  for (const command of commands(cli, more)) program.addCommand(command);
  equip(program, io);
  try {
    await Promise.race([program.parseAsync([...argv], { from: 'user' }), overdue(io.signal)]);
    // That the last line could not be written shows only now.
    await setImmediate();
    const closed = closedOutput(io);
    if (closed !== undefined && !closed.isEnough) throw closed;
    return ExitCode.OK;
  } catch (error) {
    if (io.signal.aborted && closedOutput(io) === undefined) return ExitCode.INTERRUPTED;
    const { code, message } = explain(error);
    if (message !== undefined) cli.remark(`${name}: ${message}`);
    if (cli.options.verbose && error instanceof Error) cli.remark(error.stack ?? '');
    return code;
  }
}

/** Gives every command the common options and keeps it from ending the process. */
function equip(command: Command, io: Io): void {
  command
    .exitOverride()
    .showHelpAfterError('(--help tells more)')
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    });
  for (const child of command.commands) equip(child, io);
  if (command.commands.length > 0) return;
  command
    .addOption(new Option('--json', 'print the result as JSON').default(false, 'text'))
    .addOption(
      new Option('--brokers <list>', 'use these brokers instead of those configured, host:port[,host:port]'),
    )
    .addOption(
      new Option('--set <KEY=value>', 'set a key of the configuration; may be repeated')
        .argParser(collectPairs)
        .default({}, 'none'),
    )
    .addOption(new Option('--verbose', 'tell on stderr what is going on').default(false, 'no'));
}

function exitCodeHelp(): string {
  const lines = EXIT_CODES.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`);
  return ['', 'Exit codes:', ...lines].join('\n');
}

/** Why the output takes no more, where that is what ended the command. */
function closedOutput({ signal }: Pick<Io, 'signal'>): OutputClosed | undefined {
  const reason: unknown = signal.reason;
  return reason instanceof OutputClosed ? reason : undefined;
}

/** Rejects some time after the user has given up on a command that does not notice. */
async function overdue(signal: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => {
    const onAbort = (): void => {
      // Nobody waits at the end of a closed pipe: what has begun may take its time.
      if (closedOutput({ signal }) === undefined) resolve();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  await wait(GRACE_MS, undefined, { ref: false });
  throw new Error('interrupted');
}
