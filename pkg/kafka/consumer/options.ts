import type { MessageHandler } from '../message.js';

/** How often and how patiently a failing message is tried again, in order. */
export interface RetryPolicy {
  /** Attempts in all, the first included. Default 6. */
  readonly maxAttempts: number;
  /** Milliseconds before the second attempt; doubled for each further one. Default 200. */
  readonly initialDelayMs: number;
  /** Upper limit of a delay, in milliseconds. Default 5,000. */
  readonly maxDelayMs: number;
  /** Part of the delay that is random, 0 to 1, either way. Default 0.2. */
  readonly jitter: number;
}

/** Settings of one topic's handler. */
export interface SubscriptionOptions {
  /** Where a group without a committed position starts: at the oldest message (default) or with new ones. */
  readonly fromBeginning?: boolean;
  readonly retry?: Partial<RetryPolicy>;
  /** Milliseconds for one attempt; then its signal is aborted and it counts as failed. Default 60,000. */
  readonly handlerTimeoutMs?: number;
}

/** A topic with its handler, defaults filled in. */
export interface Subscription {
  readonly topic: string;
  readonly handler: MessageHandler;
  readonly fromBeginning: boolean;
  readonly retry: RetryPolicy;
  readonly handlerTimeoutMs: number;
}

/** Settings of a group member. All times are milliseconds. */
export interface GroupOptions {
  /** The broker gives up a member that it has not heard from for so long. Default 30,000. */
  readonly sessionTimeoutMs?: number;
  /** Time that all members have to come back in a rebalance. Default 60,000. */
  readonly rebalanceTimeoutMs?: number;
  /** Default 3,000; must be below a third of the session timeout. */
  readonly heartbeatIntervalMs?: number;
  /** How long start() waits for the group. Default 30,000. */
  readonly startTimeoutMs?: number;
  /** How long stop() and a rebalance wait for running handlers before aborting them. Default 10,000. */
  readonly drainTimeoutMs?: number;
  /** Positions are committed so often. Default 1,000. */
  readonly commitIntervalMs?: number;
  /** ... or after so many messages. Default 5,000. */
  readonly commitAfterMessages?: number;
}

/** A subscription with its defaults. */
export function subscription(
  topic: string,
  handler: MessageHandler,
  options: SubscriptionOptions = {},
): Subscription {
  return {
    topic,
    handler,
    fromBeginning: options.fromBeginning ?? true,
    handlerTimeoutMs: options.handlerTimeoutMs ?? 60_000,
    retry: { maxAttempts: 6, initialDelayMs: 200, maxDelayMs: 5_000, jitter: 0.2, ...options.retry },
  };
}

/** The options with their defaults filled in. */
export function withDefaults(options: GroupOptions): Required<GroupOptions> {
  const sessionTimeoutMs = options.sessionTimeoutMs ?? 30_000;
  return {
    sessionTimeoutMs,
    rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 60_000,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? Math.min(3_000, Math.floor(sessionTimeoutMs / 4)),
    startTimeoutMs: options.startTimeoutMs ?? 30_000,
    drainTimeoutMs: options.drainTimeoutMs ?? 10_000,
    commitIntervalMs: options.commitIntervalMs ?? 1_000,
    commitAfterMessages: options.commitAfterMessages ?? 5_000,
  };
}
