import { CommanderError } from 'commander';
import { ConfigError } from '../config/index.js';
import { AccessDenied, BrokerUnreachable, InvalidOption } from '../kafka/index.js';
import { ExitCode, NotAvailable } from '../program/index.js';

/** The command line asks for what cannot be; the message says what to mend. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The output takes no more: the reason with which a program aborts `Io.signal` then. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
  /** Nobody reads on: whoever did has had enough, as `head` has. */
  readonly isEnough: boolean;

  /** @param cause the error of the stream */
  constructor(cause: NodeJS.ErrnoException) {
    const isEnough = cause.code === 'EPIPE';
    const what = isEnough
      ? 'nobody reads the output any more, so not all is done'
      : `the output cannot be written: ${cause.message}`;
    super(what, { cause });
    this.isEnough = isEnough;
  }
}

/** The exit codes and what they mean to a user; the README has the same table. */
export const EXIT_CODES: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [ExitCode.OK, 'done; following a topic also ends so with Ctrl-C'],
  [ExitCode.FAILED, 'not done, or not all of it; the message says why'],
  [ExitCode.USAGE, 'the command line makes no sense'],
  [ExitCode.UNAVAILABLE, 'no broker runs, none answers, or none lets this client in'],
  [ExitCode.CONFIG, 'the configuration is wrong'],
  [ExitCode.INTERRUPTED, 'interrupted before it was done'],
];

/** What a failure means: the exit code, and what to tell the user, without a stack trace. */
export function explain(error: unknown): { code: ExitCode; message: string | undefined } {
  // Commander has printed its own messages.
  if (error instanceof CommanderError) {
    return { code: error.exitCode === 0 ? ExitCode.OK : ExitCode.USAGE, message: undefined };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError || error instanceof InvalidOption) {
    return { code: ExitCode.USAGE, message };
  }
  if (error instanceof ConfigError) return { code: ExitCode.CONFIG, message };
  const isUnavailable = [NotAvailable, BrokerUnreachable, AccessDenied].some((type) => error instanceof type);
  return { code: isUnavailable ? ExitCode.UNAVAILABLE : ExitCode.FAILED, message };
}
