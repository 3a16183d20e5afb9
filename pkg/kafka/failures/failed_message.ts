import type { ReadRecord, TopicPartition } from '../driver.js';
import { guardedRead, textOf } from '../async.js';

/** A message that failed for good, or will be tried again much later. */
export interface FailedMessage {
  readonly record: ReadRecord;
  /** Where it was read. */
  readonly source: TopicPartition;
  readonly groupId: string;
  /** True when it was read from a topic that only this package writes, so that its failure headers hold. */
  readonly replayed: boolean;
  /** What the last attempt threw. */
  readonly thrown: unknown;
  /** Calls of the handler. */
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly firstFailedAt: number;
  readonly lastFailedAt: number;
}

const UNREADABLE = '[unreadable]';

/** The class of an error, as far as one can be told. */
export function errorClass(thrown: unknown): string {
  const read = () => {
    if (!(thrown instanceof Error)) return typeof thrown;
    return textOf(thrown.name === 'Error' ? thrown.constructor.name : thrown.name);
  };
  return guardedRead(read, UNREADABLE);
}

/** The class of the error's cause. */
export function causeClass(thrown: unknown): string | undefined {
  const read = () =>
    thrown instanceof Error && thrown.cause !== undefined ? errorClass(thrown.cause) : undefined;
  return guardedRead(read, UNREADABLE);
}

/** The error's message, or what was thrown instead of one. */
export function errorText(thrown: unknown): string {
  const read = () =>
    thrown instanceof Error ? textOf(thrown.message) : `a non-error was thrown: ${textOf(thrown)}`;
  return guardedRead(read, UNREADABLE);
}

/** The error's stack trace, where it has one. */
export function stackOf(thrown: unknown): string | undefined {
  // It is made when it is first read, out of an error that may have no text.
  const read = () =>
    thrown instanceof Error && thrown.stack !== undefined ? textOf(thrown.stack) : undefined;
  return guardedRead(read, undefined);
}
