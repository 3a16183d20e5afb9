import { type MessagePosition } from '../../repo/contracts.js';

/** How a command is to be carried out. */
export interface CommandOptions {
  /**
   * A command that is repeated under its key makes the same event again, which consumers count once. So the same key
   * is never to come with other data: the HTTP routes make the data part of it.
   */
  idempotencyKey?: string | undefined;
  /** Aborted when the caller no longer waits: the command then fails unless it is known to be done. */
  signal?: AbortSignal | undefined;
}

/** The event that a command became, and where it lies. Views show it as soon as it has come to them. */
export interface Recorded extends MessagePosition {
  /** What it is about: its aggregate. */
  id: string;
  eventId: string;
}
