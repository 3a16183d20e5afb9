import { asError, Mutex } from '../async.js';
import { DriverError, type KafkaDriver, type TopicPartition } from '../driver.js';
import { DuplicateConsumer, GroupJoinFailed, GroupSubscriptionMismatch, UnknownTopic } from '../errors.js';
import type { Logger } from '../../logger/index.js';
import { silentLogger } from '../silent_logger.js';
import type { MessageHandler } from '../message.js';
import type { StoppedPartition } from './assignment.js';
import { delayAfter } from './backoff.js';
import { GroupSession } from './group_session.js';
import {
  subscription,
  withDefaults,
  type GroupOptions,
  type Subscription,
  type SubscriptionOptions,
} from './options.js';

/** `recovering`: the member crashed and is being made anew, with growing pauses. */
export type ConsumerState = 'stopped' | 'starting' | 'running' | 'recovering' | 'stopping';

/** A snapshot of one group on this instance. */
export interface ConsumerStatus {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly state: ConsumerState;
  readonly assigned: readonly TopicPartition[];
  readonly stoppedPartitions: readonly StoppedPartition[];
}

const RECOVERY = { initialMs: 1_000, maxMs: 30_000, jitter: 0.2 };
const HEALTHY_AFTER_MS = 60_000;

interface GroupConsumerParts extends GroupOptions {
  readonly logger?: Logger;
  /** Called when a partition stops for good. */
  readonly onPartitionStopped?: (groupId: string, failure: StoppedPartition) => void;
}

/**
 * One member of a consumer group for all topics that this process reads in the group. Delivery is
 * at-least-once and in order per partition; a position is committed only up to the first message that was
 * not finished.
 */
export class GroupConsumer {
  readonly #driver: KafkaDriver;
  readonly #options: Required<GroupOptions>;
  readonly #logger: Logger;
  readonly #onPartitionStopped: (groupId: string, failure: StoppedPartition) => void;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #mutex = new Mutex();
  #state: ConsumerState = 'stopped';
  #session: GroupSession | undefined;
  #starting: AbortController | undefined;
  #recovery: NodeJS.Timeout | undefined;
  #crashes = 0;
  #joinedAt = 0;

  constructor(
    driver: KafkaDriver,
    readonly groupId: string,
    parts: GroupConsumerParts = {},
  ) {
    this.#driver = driver;
    this.#options = withDefaults(parts);
    this.#logger = parts.logger ?? silentLogger;
    this.#onPartitionStopped = parts.onPartitionStopped ?? (() => undefined);
  }

  /**
   * Registers the handler of a topic. All topics of a group belong to its one membership, so they are
   * registered before it starts.
   *
   * @throws DuplicateConsumer, GroupSubscriptionMismatch
   */
  subscribe(topic: string, handler: MessageHandler, options?: SubscriptionOptions): void {
    if (this.#subscriptions.has(topic)) throw new DuplicateConsumer(topic, this.groupId);
    if (this.#state !== 'stopped') throw new GroupSubscriptionMismatch(topic, this.groupId);
    this.#subscriptions.set(topic, subscription(topic, handler, options));
  }

  /** Whether a handler is registered for the topic. */
  reads(topic: string): boolean {
    return this.#subscriptions.has(topic);
  }

  /** What this member does at the moment. */
  status(): ConsumerStatus {
    return {
      groupId: this.groupId,
      topics: [...this.#subscriptions.keys()],
      state: this.#state,
      assigned: this.#session?.assigned ?? [],
      stoppedPartitions: this.#session?.stopped ?? [],
    };
  }

  /**
   * Joins the group; resolves with the first assignment. Does nothing when it runs already.
   * @throws GroupJoinFailed, UnknownTopic; the consumer is then stopped.
   */
  start(): Promise<void> {
    return this.#mutex.run(async () => {
      if (this.#state !== 'stopped') return;
      this.#state = 'starting';
      try {
        await this.#open();
        this.#crashes = 0;
      } catch (error) {
        this.#state = 'stopped';
        throw this.#startError(error);
      }
    });
  }

  /** Drains, commits and leaves the group; a start that is under way is given up. Never rejects. */
  stop(): Promise<void> {
    this.#starting?.abort();
    return this.#mutex.run(async () => {
      clearTimeout(this.#recovery);
      const session = this.#session;
      this.#state = 'stopping';
      await session?.stop();
      this.#session = undefined;
      this.#state = 'stopped';
    });
  }

  async #open(): Promise<void> {
    const starting = new AbortController();
    const session: GroupSession = new GroupSession({
      driver: this.#driver,
      groupId: this.groupId,
      subscriptions: this.#subscriptions,
      options: this.#options,
      logger: this.#logger,
      onPartitionStopped: (failure) => {
        this.#onPartitionStopped(this.groupId, failure);
      },
      onCrashed: (error) => {
        this.#crashed(session, error);
      },
    });
    this.#starting = starting;
    // Set first: messages may be handled before start() has resolved.
    this.#session = session;
    try {
      await Promise.race([session.start(), rejectOnAbort(starting.signal)]);
      if (this.#crashedSession(session)) throw new DriverError('failed', 'it crashed right after joining');
      this.#state = 'running';
      this.#joinedAt = Date.now();
    } catch (error) {
      this.#session = undefined;
      if (starting.signal.aborted) await session.stop();
      throw error;
    } finally {
      this.#starting = undefined;
    }
  }

  #crashedSession(session: GroupSession): boolean {
    return this.#session !== session;
  }

  #startError(error: unknown): Error {
    if (!(error instanceof DriverError)) return asError(error);
    if (error.reason === 'unknown-topic' && error.topic !== undefined) {
      return new UnknownTopic(error.topic, error);
    }
    return new GroupJoinFailed(this.groupId, this.#driver.brokers, error.message, error);
  }

  #crashed(session: GroupSession, error: DriverError): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    if (this.#state !== 'running') return;
    this.#state = 'recovering';
    if (Date.now() - this.#joinedAt > HEALTHY_AFTER_MS) this.#crashes = 0;
    this.#recoverLater(error);
  }

  #recoverLater(error: Error): void {
    this.#crashes += 1;
    const delayMs = delayAfter(this.#crashes, RECOVERY);
    this.#logger.error('a consumer crashed and is started anew', {
      groupId: this.groupId,
      crashes: this.#crashes,
      delayMs,
      error,
    });
    this.#recovery = setTimeout(() => {
      void this.#mutex.run(() => this.#recover());
    }, delayMs);
  }

  async #recover(): Promise<void> {
    if (this.#state !== 'recovering') return;
    try {
      await this.#open();
    } catch (error) {
      // Given up by stop(), which waits for this to end.
      if (!(error instanceof StartAborted)) this.#recoverLater(asError(error));
    }
  }
}

class StartAborted extends Error {}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new StartAborted('the consumer was stopped while it started'));
    });
  });
}
