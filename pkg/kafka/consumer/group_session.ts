import { settlesWithin } from '../async.js';
import type {
  DriverConsumer,
  DriverConsumerListener,
  DriverError,
  FetchedBatch,
  KafkaDriver,
  TopicPartition,
} from '../driver.js';
import type { Logger } from '../../logger/index.js';
import { Assignment, type PartitionState, type StoppedPartition } from './assignment.js';
import { delayAfter } from './backoff.js';
import { RunControl, runBatch, type FailedMessage } from './batch_run.js';
import { Committer } from './committer.js';
import { Heartbeats } from './heartbeats.js';
import type { GroupOptions, Subscription } from './options.js';

const LAST_COMMIT_TIMEOUT_MS = 5_000;
/** The client drops beats that come too early, so they are offered more often than they are due. */
const BEATS_PER_INTERVAL = 3;

interface SessionParts {
  readonly driver: KafkaDriver;
  readonly groupId: string;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  readonly options: Required<GroupOptions>;
  readonly logger: Logger;
  readonly onPartitionStopped: (failure: StoppedPartition) => void;
  readonly onCrashed: (error: DriverError) => void;
}

/** One life of a group member, from joining to leaving or crashing. */
export class GroupSession implements DriverConsumerListener {
  readonly #parts: SessionParts;
  readonly #consumer: DriverConsumer;
  readonly #committer: Committer;
  readonly #heartbeats: Heartbeats;
  readonly #runs = new Map<RunControl, Promise<unknown>>();
  #assignment: Assignment | undefined;
  /** The assignment before, when this member went through the rebalance without losing its place. */
  #handedOver: Assignment | undefined;
  #rebalancing = false;
  #stopping = false;

  constructor(parts: SessionParts) {
    const { driver, groupId, options, logger, subscriptions } = parts;
    this.#parts = parts;
    this.#consumer = driver.consumer({ ...options, groupId, topics: [...subscriptions.values()] }, this);
    this.#committer = new Committer({
      groupId,
      intervalMs: options.commitIntervalMs,
      afterMessages: options.commitAfterMessages,
      logger,
      current: () => (this.#assignment?.ended?.reason === 'membership-lost' ? undefined : this.#assignment),
      commit: (positions) => this.#consumer.commit(positions),
    });
    this.#heartbeats = new Heartbeats(options.heartbeatIntervalMs / BEATS_PER_INTERVAL, (error) => {
      this.#membershipFailed(error);
    });
  }

  /** The partitions of this member. */
  get assigned(): readonly TopicPartition[] {
    return this.#assignment?.topicPartitions ?? [];
  }

  /** The partitions that stopped because of a message that kept failing. */
  get stopped(): readonly StoppedPartition[] {
    return this.#assignment?.stopped() ?? [];
  }

  /** Joins the group. @throws DriverError; the session is then over. */
  async start(): Promise<void> {
    try {
      await this.#consumer.start(this.#parts.options.startTimeoutMs);
      this.#committer.start();
    } catch (error) {
      this.#stopping = true;
      // Leaving may take as long as joining did; nobody has to wait for it.
      void this.#consumer.stop();
      throw error;
    }
  }

  /** Lets running handlers end (aborted after the drain time), commits, and leaves the group. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const { drainTimeoutMs } = this.#parts.options;
    this.#assignment?.clearTimers();
    for (const control of this.#runs.keys()) control.stop('the consumer stops', drainTimeoutMs);
    await Promise.all(this.#runs.values());
    this.#committer.stop();
    await settlesWithin(this.#committer.commit(), LAST_COMMIT_TIMEOUT_MS);
    this.#assignment = undefined;
    await this.#consumer.stop();
  }

  onAssigned(partitions: readonly TopicPartition[]): void {
    const assignment = new Assignment(partitions);
    const kept: PartitionState[] = [];
    for (const { topic, partition } of this.#handedOver?.stopped() ?? []) {
      const state = assignment.get(topic, partition);
      if (state === undefined) continue;
      state.hold = this.#handedOver?.get(topic, partition)?.hold;
      kept.push(state);
    }
    this.#handedOver = undefined;
    this.#rebalancing = false;
    this.#assignment = assignment;
    // The client keeps its pauses across rebalances; only those for good are still wanted.
    this.#consumer.resume(partitions);
    this.#consumer.pause(kept);
    this.#parts.logger.info('partitions assigned', {
      groupId: this.#parts.groupId,
      partitions: partitions.map(({ topic, partition }) => `${topic}/${partition}`),
    });
  }

  onRebalancing(): void {
    this.#rebalancing = true;
    void this.#committer.commit();
  }

  onRevoked(): void {
    this.#handedOver = this.#rebalancing ? this.#assignment : undefined;
    this.#dropAssignment('the partition was taken away');
  }

  onCrashed(error: DriverError): void {
    this.#stopping = true;
    this.#committer.stop();
    this.#dropAssignment('the consumer crashed');
    this.#parts.onCrashed(error);
  }

  async onBatch(batch: FetchedBatch): Promise<void> {
    const assignment = this.#assignment;
    const state = assignment?.get(batch.topic, batch.partition);
    const subscription = this.#parts.subscriptions.get(batch.topic);
    if (assignment === undefined || state === undefined || subscription === undefined) return;
    if (assignment.ended !== undefined) throw assignment.ended;
    if (this.#stopping || state.hold !== undefined) {
      this.#consumer.pause([state]);
      return;
    }
    const control = new RunControl();
    const isCurrent = () => this.#assignment === assignment;
    const mustRest = () => this.#stopping && isCurrent();
    const run = runBatch({
      batch,
      state,
      subscription,
      control,
      isCurrent,
      onFinished: () => {
        this.#committer.messageFinished(assignment);
      },
    });
    this.#runs.set(control, run);
    this.#heartbeats.begin(batch);
    try {
      const failed = await run;
      if (failed !== undefined) this.#hold({ assignment, state, subscription }, failed);
    } finally {
      this.#heartbeats.end(batch);
      this.#runs.delete(control);
      control.release();
    }
    // The client would fetch at once what must not be begun any more.
    if (mustRest()) this.#consumer.pause([state]);
    if (control.heartbeatError !== undefined) await this.#giveBack(control.heartbeatError);
  }

  /** Ends the batch with the heartbeat's error, on which the client joins again or reconnects. */
  async #giveBack(error: DriverError): Promise<never> {
    if (error.reason === 'rebalancing') await settlesWithin(this.#committer.commit(), LAST_COMMIT_TIMEOUT_MS);
    throw error;
  }

  #membershipFailed(error: DriverError): void {
    const { groupId, options, logger } = this.#parts;
    logger.debug('a heartbeat failed', { groupId, reason: error.reason, error: error.message });
    const ends = error.reason === 'rebalancing' || error.reason === 'membership-lost';
    if (ends && this.#assignment !== undefined) this.#assignment.ended = error;
    if (error.reason === 'rebalancing') this.#rebalancing = true;
    for (const control of this.#runs.keys()) {
      control.heartbeatError = error;
      if (error.reason === 'membership-lost') control.abort('the partition was taken away');
      else control.stop('the group rebalances', options.drainTimeoutMs);
    }
  }

  #dropAssignment(why: string): void {
    this.#assignment?.clearTimers();
    this.#assignment = undefined;
    for (const control of this.#runs.keys()) control.abort(why);
  }

  /** Pauses a partition whose message failed: until its next attempt, or for good after the last. */
  #hold(
    at: {
      readonly assignment: Assignment;
      readonly state: PartitionState;
      readonly subscription: Subscription;
    },
    failed: FailedMessage,
  ): void {
    const { assignment, state, subscription } = at;
    const { retry } = subscription;
    this.#consumer.pause([state]);
    if (failed.attempt >= retry.maxAttempts) {
      this.#stopPartition(state, failed);
      return;
    }
    const delay = delayAfter(failed.attempt, {
      initialMs: retry.initialDelayMs,
      maxMs: retry.maxDelayMs,
      jitter: retry.jitter,
    });
    this.#parts.logger.warn('a message failed and is tried again', {
      ...this.#describe(state, failed),
      delayMs: delay,
    });
    const timer = setTimeout(() => {
      if (this.#assignment !== assignment || this.#stopping) return;
      state.hold = undefined;
      this.#consumer.resume([state]);
    }, delay);
    state.hold = { kind: 'retry', timer };
  }

  #stopPartition(state: PartitionState, failed: FailedMessage): void {
    const failure: StoppedPartition = {
      topic: state.topic,
      partition: state.partition,
      offset: failed.record.offset.toString(),
      key: preview(failed.record.key),
      attempts: failed.attempt,
      cause: failed.error.message,
      since: new Date().toISOString(),
    };
    state.hold = { kind: 'stopped', failure };
    this.#parts.logger.error(
      'a partition stopped: a message failed in every attempt. Nothing from it on is consumed until a restart',
      this.#describe(state, failed),
    );
    this.#parts.onPartitionStopped(failure);
  }

  #describe({ topic, partition }: TopicPartition, { record, error, attempt }: FailedMessage) {
    const offset = record.offset.toString();
    return {
      groupId: this.#parts.groupId,
      topic,
      partition,
      offset,
      key: preview(record.key),
      attempt,
      error,
    };
  }
}

const PREVIEW_LENGTH = 64;

function preview(key: Buffer | null): string | null {
  return key === null ? null : key.toString('utf8', 0, PREVIEW_LENGTH);
}
