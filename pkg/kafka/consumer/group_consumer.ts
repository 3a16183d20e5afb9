import { answerWithin } from '../answer_within.js';
import { asError, Mutex, rejectOnAbort } from '../async.js';
import { DriverError, type KafkaDriver } from '../driver.js';
import { DuplicateConsumer, GroupSubscriptionMismatch, StartAborted } from '../errors.js';
import { withSafeRedaction, type FailureDetails } from '../failures/dead_letter_headers.js';
import { DeadLetters } from '../failures/dead_letters.js';
import { FloodGuard } from '../failures/flood_guard.js';
import { ensureFailureTopics, type FailureTopics } from '../failures/provisioning.js';
import { type Logger, runWithoutContext } from '../../logger/index.js';
import { silentLogger } from '../silent_logger.js';
import type { MessageHandler } from '../message.js';
import { missingRightOf } from '../security/missing_right.js';
import { delayAfter } from './backoff.js';
import type { ConsumerState, ConsumerStatus } from './consumer_status.js';
import { guarded, type ConsumerEventListener } from './events.js';
import { GroupSession } from './group_session.js';
import { Leftovers } from './leftovers.js';
import {
  subscription,
  withDefaults,
  type GroupOptions,
  type ResolvedGroupOptions,
  type Subscription,
  type SubscriptionOptions,
} from './options.js';
import { partitionStatus } from './partition_status.js';
import { Pauses } from './pauses.js';
import { failureTopicsOf, routesOf, type Route } from './routes.js';
import { startError } from './start_error.js';

const RECOVERY = { initialMs: 1_000, maxMs: 30_000, jitter: 0.2 };
const HEALTHY_AFTER_MS = 60_000;

export interface GroupConsumerParts extends GroupOptions {
  readonly logger?: Logger;
  /** Told what happens in the group on this instance. */
  readonly onEvent?: ConsumerEventListener;
  /** What dead letters say beside the message. */
  readonly deadLetters?: FailureDetails;
}

/** How {@link GroupConsumer.start} deals with a failure. */
export interface StartOptions {
  /** Whether the start is tried again, with growing pauses, until it works or {@link GroupConsumer.stop} is called. */
  readonly keepTrying?: boolean;
}

/**
 * One member of a consumer group for all topics that this process reads in the group. Delivery is
 * at-least-once; a position is committed only up to the first message that was not finished.
 */
export class GroupConsumer {
  readonly #driver: KafkaDriver;
  readonly #options: ResolvedGroupOptions;
  readonly #logger: Logger;
  readonly #emit: ConsumerEventListener | undefined;
  readonly #details: FailureDetails;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #routes = new Map<string, Route>();
  readonly #mutex = new Mutex();
  readonly #pauses = new Pauses();
  readonly #leftovers = new Leftovers();
  readonly #deadLetters: DeadLetters;
  readonly #flood: FloodGuard;
  #state: ConsumerState = 'stopped';
  #session: GroupSession | undefined;
  #starting: AbortController | undefined;
  /** Whether the topics that the group needs were found or made since it was started. */
  #hasTopics = false;
  #recovery: NodeJS.Timeout | undefined;
  /** Calls of stop(): a start that had to wait is not begun after a later one. */
  #stops = 0;
  #crashes = 0;
  /** What its last session or attempt ended with. */
  #reason: string | null = null;
  #joinedAt = 0;

  /** @throws InvalidOption */
  constructor(
    driver: KafkaDriver,
    readonly groupId: string,
    parts: GroupConsumerParts = {},
  ) {
    this.#driver = driver;
    this.#options = withDefaults(parts);
    this.#logger = parts.logger ?? silentLogger;
    this.#emit = parts.onEvent === undefined ? undefined : guarded(parts.onEvent, this.#logger);
    this.#details = withSafeRedaction(parts.deadLetters ?? {}, this.#logger);
    this.#deadLetters = new DeadLetters(driver, this.#logger);
    this.#flood = new FloodGuard(this.#options.floodGuard);
  }

  /**
   * Registers the handler of a topic. All topics of a group belong to its one membership, so they are
   * registered before it starts.
   *
   * @throws DuplicateConsumer, GroupSubscriptionMismatch, InvalidFailureTopic, InvalidOption
   */
  subscribe(topic: string, handler: MessageHandler, options?: SubscriptionOptions): void {
    if (this.#routes.has(topic)) throw new DuplicateConsumer(topic, this.groupId);
    if (this.#state !== 'stopped') throw new GroupSubscriptionMismatch(topic, this.groupId);
    const added = subscription(topic, handler, options);
    const routes = routesOf(added, this.groupId);
    const taken = routes.find((route) => this.#routes.has(route.topic));
    if (taken !== undefined) throw new DuplicateConsumer(taken.topic, this.groupId);
    this.#subscriptions.set(topic, added);
    for (const route of routes) this.#routes.set(route.topic, route);
  }

  /** Whether a handler is registered for the topic. */
  reads(topic: string): boolean {
    return this.#subscriptions.has(topic);
  }

  /** The topics that the group needs besides those that it was asked to read. */
  failureTopics(): FailureTopics[] {
    return [...this.#subscriptions.keys()].map((source) => ({
      source,
      topics: failureTopicsOf(this.#routesOf(source)),
    }));
  }

  /** What this member does at the moment. */
  status(): ConsumerStatus {
    const assignment = this.#session?.assignment;
    return {
      groupId: this.groupId,
      topics: [...this.#subscriptions.keys()],
      state: this.#state,
      reason: this.#state === 'recovering' ? this.#reason : null,
      assigned: assignment?.topicPartitions ?? [],
      stoppedPartitions: assignment?.stopped() ?? [],
      partitions: [...(assignment?.works ?? [])].map(partitionStatus),
      flooded: this.#flood.tripped,
    };
  }

  /**
   * Begins no further message of a topic (and of its retry topics), or of one partition; those that run
   * end. The group goes on as before. Holds through rebalances and restarts, until {@link resume}.
   */
  pause(topic: string, partition?: number): void {
    this.#pauses.pause(topic, partition);
    this.#session?.applyPauses();
  }

  /** Takes back {@link pause}, and lets messages through again that the flood guard holds up. */
  resume(topic: string, partition?: number): void {
    this.#pauses.resume(topic, partition);
    this.#session?.applyPauses();
    this.#flood.reset();
  }

  /**
   * Joins the group; resolves with the first assignment, when it is settled where its partitions are read from. Does
   * nothing when it runs already; one that is recovering tries at once.
   * @throws GroupJoinFailed, UnknownTopic, FailureTopicsMissing, RightMissing, TopicNotCreated, StartAborted by stop(); the
   *   consumer is then stopped, or recovering where it was or is to keep trying.
   */
  start({ keepTrying = false }: StartOptions = {}): Promise<void> {
    const stops = this.#stops;
    const begin = async (): Promise<void> => {
      if (this.#state === 'running') return;
      if (stops !== this.#stops) throw new StartAborted(this.groupId);
      clearTimeout(this.#recovery);
      const isKept = keepTrying || this.#state === 'recovering';
      if (this.#state !== 'recovering') this.#hasTopics = false;
      this.#state = 'starting';
      try {
        await this.#open();
        this.#crashes = 0;
      } catch (error) {
        const failure = startError(error, this.groupId, this.#driver.brokers);
        this.#state = 'stopped';
        if (isKept && !(failure instanceof StartAborted)) this.#recoverLater(asError(error));
        throw failure;
      }
    };
    // What it logs from now on is not about the request that switched it on.
    return this.#mutex.run(() => runWithoutContext(begin));
  }

  /** Drains, commits and leaves the group; starts that are under way or wait for their turn are given up. Never rejects. */
  stop(): Promise<void> {
    this.#stops += 1;
    this.#starting?.abort();
    return this.#mutex.run(async () => {
      clearTimeout(this.#recovery);
      const session = this.#session;
      this.#state = 'stopping';
      await session?.stop();
      this.#session = undefined;
      await this.#deadLetters.close();
      this.#state = 'stopped';
    });
  }

  async #open(): Promise<void> {
    const starting = new AbortController();
    this.#starting = starting;
    try {
      const abort = rejectOnAbort(starting.signal, () => new StartAborted(this.groupId));
      const { startTimeoutMs } = this.#options;
      const deadline = performance.now() + startTimeoutMs;
      if (!this.#hasTopics) await Promise.race([answerWithin(this.#ensureTopics(), startTimeoutMs), abort]);
      this.#hasTopics = true;
      await this.#join(starting.signal, abort, Math.max(deadline - performance.now(), 1));
    } finally {
      this.#starting = undefined;
    }
  }

  async #ensureTopics(): Promise<void> {
    const { provision, failureTopics: layout } = this.#options;
    const group = { groupId: this.groupId, provision, layout };
    await ensureFailureTopics(this.#driver.admin, this.failureTopics(), group);
  }

  #routesOf(source: string): Route[] {
    return [...this.#routes.values()].filter((route) => route.subscription.topic === source);
  }

  async #join(signal: AbortSignal, abort: Promise<never>, timeoutMs: number): Promise<void> {
    const session: GroupSession = new GroupSession({
      driver: this.#driver,
      groupId: this.groupId,
      routes: this.#routes,
      options: this.#options,
      logger: this.#logger,
      emit: this.#emit,
      deadLetters: this.#deadLetters,
      details: this.#details,
      flood: this.#flood,
      pauses: this.#pauses,
      leftovers: this.#leftovers,
      onCrashed: (error) => {
        this.#crashed(session, error);
      },
    });
    // Set first: messages may be handled before start() has resolved.
    this.#session = session;
    try {
      await Promise.race([session.start(timeoutMs), abort]);
      if (this.#crashedSession(session)) throw new DriverError('failed', 'it crashed right after joining');
      this.#state = 'running';
      this.#joinedAt = performance.now();
    } catch (error) {
      this.#session = undefined;
      if (signal.aborted) await session.stop();
      throw error;
    }
  }

  #crashedSession(session: GroupSession): boolean {
    return this.#session !== session;
  }

  #crashed(session: GroupSession, error: DriverError): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    if (this.#state !== 'running') return;
    if (performance.now() - this.#joinedAt > HEALTHY_AFTER_MS) this.#crashes = 0;
    this.#recoverLater(error);
  }

  /** Goes on as `recovering`: a session that ended, or that could not begin, is followed by another attempt. */
  #recoverLater(error: Error): void {
    const what = this.#state === 'running' ? 'crashed' : 'could not join its group';
    this.#state = 'recovering';
    this.#reason = error.message;
    this.#crashes += 1;
    const delayMs = delayAfter(this.#crashes, RECOVERY);
    const { groupId } = this;
    const right = missingRightOf(error);
    if (right === undefined) {
      const about = { groupId, crashes: this.#crashes, delayMs, error };
      this.#logger.error(`a consumer ${what} and is started anew`, about);
    } else {
      this.#driver.access.failed(right);
    }
    this.#emit?.({ type: 'crashed', groupId, error, restartInMs: delayMs });
    // One that is due may have been waiting for a start that failed meanwhile.
    clearTimeout(this.#recovery);
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
