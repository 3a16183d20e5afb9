import { type Config } from '../../config/config.js';

/** Milliseconds that each step of a stop may take at most. */
export interface StopTimes {
  /** For requests in hand to be answered. */
  readonly requestsMs: number;
  /** For the handlers of messages in hand to end. */
  readonly handlersMs: number;
  /** For what was accepted for sending to be acknowledged. */
  readonly flushMs: number;
}

/**
 * How the time for a stop is shared out, so that no step that hangs keeps those after it from being taken; what
 * is left is for commits and for leaving the groups.
 */
export function stopTimes({ HTTP }: Config): StopTimes {
  const all = Math.max(0, HTTP.SHUTDOWN_TIMEOUT - HTTP.DRAIN_DELAY);
  return { requestsMs: all * 0.2, handlersMs: all * 0.5, flushMs: all * 0.15 };
}
