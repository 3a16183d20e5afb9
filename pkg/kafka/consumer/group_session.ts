import { settlesWithin } from '../async.js';
import {
  DriverError,
  type DriverConsumer,
  type DriverConsumerListener,
  type FetchedBatch,
  type KafkaDriver,
  type SkippedRange,
  type TopicPartition,
} from '../driver.js';
import type { Assignment } from './assignment.js';
import { Committer } from './committer.js';
import { Engine, type EngineParts } from './engine.js';
import { Heartbeats } from './heartbeats.js';
import { Watchdog } from './watchdog.js';

/** How long a rebalance waits for handlers to end by themselves. */
const GRACE_MS = 1_000;
const LAST_COMMIT_TIMEOUT_MS = 5_000;
/** The client must notice so soon that it has to join anew. */
const REJOIN_TIMEOUT_MS = 5_000;

export interface SessionParts extends EngineParts {
  readonly driver: KafkaDriver;
  readonly onCrashed: (error: DriverError) => void;
}

/** One life of a group member, from joining to leaving or crashing. */
export class GroupSession implements DriverConsumerListener {
  readonly #parts: SessionParts;
  readonly #consumer: DriverConsumer;
  readonly #engine: Engine;
  readonly #committer: Committer;
  readonly #heartbeats: Heartbeats;
  readonly #watchdog: Watchdog;
  #windingDown: Promise<void> | undefined;
  #rejoin: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(parts: SessionParts) {
    const { driver, groupId, options, logger, routes, emit } = parts;
    this.#parts = parts;
    this.#consumer = driver.consumer({ ...options, groupId, topics: [...routes.values()] }, this);
    this.#engine = new Engine(parts, this.#consumer, (assignment) => {
      this.#committer.messageFinished(assignment);
    });
    this.#committer = new Committer({
      groupId,
      intervalMs: options.commitIntervalMs,
      afterMessages: options.commitAfterMessages,
      logger,
      current: () => (this.assignment?.lost === true ? undefined : this.assignment),
      commit: (positions) => this.#consumer.commit(positions),
      onCommitted: (positions) => emit?.({ type: 'committed', groupId, positions }),
      onMembershipLost: (error) => {
        this.#membershipFailed(error);
      },
    });
    this.#heartbeats = new Heartbeats(options.heartbeatIntervalMs, (error) => {
      this.#membershipFailed(error);
    });
    // Joining again may take as long as the slowest member is given.
    this.#watchdog = new Watchdog(
      () => 2 * options.sessionTimeoutMs + (this.assignment === undefined ? options.rebalanceTimeoutMs : 0),
      (silentMs) => {
        this.#silent(silentMs);
      },
    );
  }

  /** What is assigned to this member now. */
  get assignment(): Assignment | undefined {
    return this.#engine.assignment;
  }

  /** Joins the group within so many milliseconds. @throws DriverError; the session is then over. */
  async start(timeoutMs = this.#parts.options.startTimeoutMs): Promise<void> {
    try {
      await this.#consumer.start(timeoutMs);
      this.#committer.start();
      this.#watchdog.start();
    } catch (error) {
      this.#end('the consumer did not start');
      // Leaving may take as long as joining did; nobody has to wait for it.
      void this.#consumer.stop();
      throw error;
    }
  }

  /** Lets running handlers end (aborted after the drain time), commits, and leaves the group. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#engine.close();
    await settlesWithin(this.#engine.whenIdle(), this.#parts.options.drainTimeoutMs);
    this.#engine.giveUp('the consumer stops');
    await settlesWithin(this.#committer.commitAtOnce(), LAST_COMMIT_TIMEOUT_MS);
    this.#end('the consumer stops');
    await this.#consumer.stop();
  }

  /** Applies what was paused and resumed since. */
  applyPauses(): void {
    this.#engine.applyPauses();
  }

  onAssigned(partitions: readonly TopicPartition[]): void {
    if (this.#stopping) return;
    const { groupId, logger, emit } = this.#parts;
    this.#watchdog.heard();
    this.#windingDown = undefined;
    this.#engine.begin(partitions);
    logger.info('partitions assigned', {
      groupId,
      partitions: partitions.map(({ topic, partition }) => `${topic}/${partition}`),
    });
    emit?.({ type: 'rebalanced', groupId, assigned: partitions });
  }

  async onRejoining(): Promise<void> {
    this.#watchdog.heard();
    await this.#windDown();
  }

  onRevoked(): void {
    this.#heartbeats.stop();
    this.#engine.end('the partition was taken away');
  }

  onCrashed(error: DriverError): void {
    this.#end('the consumer crashed');
    this.#parts.onCrashed(error);
  }

  onFetched(): void {
    this.#watchdog.heard();
  }

  async onBatch(batch: FetchedBatch): Promise<void> {
    if (this.#stopping || this.#windingDown !== undefined) {
      this.#engine.reject(batch);
      return;
    }
    this.#heartbeats.use(batch);
    await this.#engine.accept(batch);
  }

  onSkipped(skipped: SkippedRange): void {
    if (!this.#stopping) this.#engine.skip(skipped);
  }

  onUnreadable(partition: TopicPartition, reason: string | undefined): void {
    const work = this.assignment?.get(partition);
    if (work !== undefined) work.unreadable = reason;
  }

  #membershipFailed(error: DriverError): void {
    const { groupId, logger } = this.#parts;
    const { reason, message } = error;
    logger.debug('the membership could not be confirmed', { groupId, reason, error: message });
    // Of a rebalance the client learns by its own heartbeat.
    if (reason !== 'membership-lost' || this.assignment === undefined) return;
    this.assignment.lost = true;
    this.#heartbeats.stop();
    this.#engine.close();
    this.#engine.giveUp('the partition was taken away');
    this.#expectToRejoin(error);
  }

  /** The client finds out by itself that it must join anew; when it does not, it is given up. */
  #expectToRejoin(error: DriverError): void {
    const { assignment } = this;
    clearTimeout(this.#rejoin);
    this.#rejoin = setTimeout(() => {
      if (this.assignment === assignment && !this.#stopping) this.#abandon(error);
    }, REJOIN_TIMEOUT_MS + this.#parts.options.drainTimeoutMs).unref();
  }

  /** Begins nothing more, lets handlers end or aborts them, and commits what is finished. */
  #windDown(): Promise<void> {
    this.#windingDown ??= this.#settle();
    return this.#windingDown;
  }

  async #settle(): Promise<void> {
    const { options, leftovers } = this.#parts;
    // The broker hears nothing of the member meanwhile.
    const drainMs = Math.min(
      options.drainTimeoutMs,
      options.sessionTimeoutMs / 2,
      options.rebalanceTimeoutMs / 2,
    );
    const startedAt = performance.now();
    this.#engine.close();
    void this.#committer.commit();
    await settlesWithin(this.#engine.whenIdle(), Math.min(GRACE_MS, drainMs / 2));
    this.#engine.giveUp('the group rebalances');
    const restMs = Math.max(0, drainMs - (performance.now() - startedAt));
    await Promise.all([
      settlesWithin(this.#committer.commitAtOnce(), Math.min(LAST_COMMIT_TIMEOUT_MS, drainMs)),
      settlesWithin(leftovers.whenIdle(), restMs),
    ]);
  }

  #silent(silentMs: number): void {
    if (this.#stopping) return;
    this.#abandon(new DriverError('failed', `no broker has answered a fetch for ${Math.round(silentMs)} ms`));
  }

  /** The client does not do what it must: as good as crashed. */
  #abandon(error: DriverError): void {
    void this.#consumer.stop();
    this.onCrashed(error);
  }

  #end(why: string): void {
    this.#stopping = true;
    this.#committer.stop();
    this.#watchdog.stop();
    this.#heartbeats.stop();
    clearTimeout(this.#rejoin);
    this.#engine.end(why);
  }
}
