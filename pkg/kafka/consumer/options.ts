import type { FailureClassifier } from '../failures/classify.js';
import { classifyFailure } from '../failures/classify.js';
import type { FailureTopicLayout } from '../failures/provisioning.js';
import { withFloodDefaults, type FloodLimits } from '../failures/flood_guard.js';
import type { MessageHandler } from '../message.js';
import { InvalidOption } from '../errors.js';
import {
  checkChoice,
  checkRanges,
  COUNT,
  DURATION,
  INT32,
  INTERVAL,
  LIMIT,
  SHARE,
} from '../option_ranges.js';
import type { Backoff } from './backoff.js';
import type { Order } from './lanes.js';

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
  /**
   * Where a group without a committed position starts: at the oldest message (default) or with what is sent once
   * `start()` has resolved.
   */
  readonly fromBeginning?: boolean;
  /**
   * What runs one after the other: messages of one key (default; those without a key in any order), all of
   * a partition, or nothing.
   */
  readonly order?: Order;
  readonly retry?: Partial<RetryPolicy>;
  /**
   * Milliseconds for one attempt; then its signal is aborted and it counts as failed. Infinity for no limit.
   * Default 60,000.
   */
  readonly handlerTimeoutMs?: number;
  /**
   * What becomes of a message that failed for good: it goes to the dead letters of the group and is done
   * (default), or its partition stops until the consumer is started again.
   */
  readonly onExhausted?: 'dead-letter' | 'block';
  /** Which failures are tried again, which never, and which wait for something else. Default `classifyFailure`. */
  readonly classify?: FailureClassifier;
  /** Milliseconds before messages are tried again that failed because of something else. Default 500, up to 30,000. */
  readonly infrastructureBackoff?: Partial<Omit<Backoff, 'jitter'>>;
  /** Also reads `<topic>.<group>-retry-0`, where dead letters are sent to be handled again. Default true. */
  readonly replays?: boolean;
  /**
   * Delays in milliseconds, ascending: a message that failed for good is tried again so much later, through
   * `<topic>.<group>-retry-<ms>`, before it becomes a dead letter. This gives up its order. Default none.
   */
  readonly retryTopics?: readonly number[];
}

/** A topic with its handler, defaults filled in. */
export interface Subscription {
  readonly topic: string;
  readonly handler: MessageHandler;
  readonly fromBeginning: boolean;
  readonly order: Order;
  readonly retry: RetryPolicy;
  readonly handlerTimeoutMs: number;
  readonly onExhausted: 'dead-letter' | 'block';
  readonly classify: FailureClassifier;
  readonly infrastructureBackoff: Backoff;
  readonly replays: boolean;
  readonly retryTopics: readonly number[];
}

/** Settings of a group member. All times are milliseconds. */
export interface GroupOptions {
  /** The broker gives up a member that it has not heard from for so long. Default 30,000. */
  readonly sessionTimeoutMs?: number;
  /** Time that all members have to come back in a rebalance. Default 60,000. */
  readonly rebalanceTimeoutMs?: number;
  /** At most a third of the session timeout. Default 3,000, or a quarter of that if it is less. */
  readonly heartbeatIntervalMs?: number;
  /** How long start() takes at most, to make missing topics and to join the group. Default 30,000. */
  readonly startTimeoutMs?: number;
  /** How long stop() and a rebalance wait for running handlers. Default 10,000. */
  readonly drainTimeoutMs?: number;
  /** Positions are committed so often. Default 1,000. */
  readonly commitIntervalMs?: number;
  /** ... or after so many messages. Default 5,000. */
  readonly commitAfterMessages?: number;
  /** Handlers that run at a time, over all topics and partitions. Default 64. */
  readonly concurrency?: number;
  /**
   * Messages that are read ahead while their handlers are slow, over all partitions; a batch or two of each
   * partition come on top. Default 100,000.
   */
  readonly maxBufferedMessages?: number;
  /** ... and their bytes, to which the same applies; a batch has up to 1 MiB. Default 33,554,432. */
  readonly maxBufferedBytes?: number;
  /** Creates the group's missing dead-letter and retry topics; else start() fails without them. Default true. */
  readonly provision?: boolean;
  /** What those are created with, besides what follows from their source. Default: what the broker has. */
  readonly failureTopics?: FailureTopicLayout;
  /** When so many messages fail for good that the consumer pauses; false for never. */
  readonly floodGuard?: Partial<FloodLimits> | false;
}

/** Enough for heartbeats; brokers ask for more, 6 s by default. */
const SHORTEST_SESSION_MS = 10;

/** The options of a group with their defaults. */
export type ResolvedGroupOptions = Required<Omit<GroupOptions, 'floodGuard'>> & {
  readonly floodGuard: FloodLimits | undefined;
};

/** A subscription with its defaults. @throws InvalidOption */
export function subscription(
  topic: string,
  handler: MessageHandler,
  options: SubscriptionOptions = {},
): Subscription {
  const resolved: Subscription = {
    topic,
    handler,
    fromBeginning: options.fromBeginning ?? true,
    order: options.order ?? 'key',
    handlerTimeoutMs: options.handlerTimeoutMs ?? 60_000,
    retry: { maxAttempts: 6, initialDelayMs: 200, maxDelayMs: 5_000, jitter: 0.2, ...options.retry },
    onExhausted: options.onExhausted ?? 'dead-letter',
    classify: options.classify ?? classifyFailure,
    infrastructureBackoff: { initialMs: 500, maxMs: 30_000, jitter: 0.2, ...options.infrastructureBackoff },
    replays: options.replays ?? true,
    retryTopics: options.retryTopics ?? [],
  };
  checkSubscription(resolved);
  return resolved;
}

function checkSubscription(subscription: Subscription): void {
  const { order, onExhausted, retry, infrastructureBackoff, retryTopics } = subscription;
  checkChoice('order', order, ['key', 'partition', 'none']);
  checkChoice('onExhausted', onExhausted, ['dead-letter', 'block']);
  checkRanges(subscription, { handlerTimeoutMs: LIMIT });
  const policy = { maxAttempts: COUNT, initialDelayMs: DURATION, maxDelayMs: DURATION, jitter: SHARE };
  checkRanges(retry, policy, 'retry.');
  checkRanges(infrastructureBackoff, { initialMs: INTERVAL, maxMs: INTERVAL }, 'infrastructureBackoff.');
  const delays = Object.fromEntries(retryTopics.map((delayMs, i) => [i, delayMs]));
  const delay = { min: 1, max: Number.MAX_SAFE_INTEGER, whole: true };
  checkRanges(delays, Object.fromEntries(retryTopics.map((_, i) => [i, delay])), 'retryTopics.');
  if (retryTopics.some((delayMs, i) => delayMs <= (retryTopics[i - 1] ?? 0))) {
    throw new InvalidOption('retryTopics', retryTopics.join(', '), 'delays in ascending order');
  }
}

/** The options with their defaults filled in. @throws InvalidOption */
export function withDefaults(options: GroupOptions): ResolvedGroupOptions {
  const sessionTimeoutMs = options.sessionTimeoutMs ?? 30_000;
  const resolved: ResolvedGroupOptions = {
    sessionTimeoutMs,
    rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 60_000,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? Math.min(3_000, Math.floor(sessionTimeoutMs / 4)),
    startTimeoutMs: options.startTimeoutMs ?? 30_000,
    drainTimeoutMs: options.drainTimeoutMs ?? 10_000,
    commitIntervalMs: options.commitIntervalMs ?? 1_000,
    commitAfterMessages: options.commitAfterMessages ?? 5_000,
    concurrency: options.concurrency ?? 64,
    maxBufferedMessages: options.maxBufferedMessages ?? 100_000,
    maxBufferedBytes: options.maxBufferedBytes ?? 33_554_432,
    provision: options.provision ?? true,
    failureTopics: options.failureTopics ?? {},
    floodGuard: options.floodGuard === false ? undefined : withFloodDefaults(options.floodGuard),
  };
  checkRanges(resolved, {
    sessionTimeoutMs: { ...INT32, min: SHORTEST_SESSION_MS },
    rebalanceTimeoutMs: INT32,
    heartbeatIntervalMs: { min: 1, max: Math.floor(sessionTimeoutMs / 3) },
    startTimeoutMs: INTERVAL,
    drainTimeoutMs: DURATION,
    commitIntervalMs: INTERVAL,
    commitAfterMessages: COUNT,
    concurrency: COUNT,
    maxBufferedMessages: COUNT,
    maxBufferedBytes: COUNT,
  });
  return resolved;
}
