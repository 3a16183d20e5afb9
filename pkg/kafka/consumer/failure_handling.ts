import type { Task } from './partition_work.js';
import {
  deadLetterHeaders,
  delayedRetryHeaders,
  type FailureDetails,
} from '../failures/dead_letter_headers.js';
import type { DeadLetters } from '../failures/dead_letters.js';
import { errorText, type FailedMessage } from '../failures/failed_message.js';
import type { FailureClass } from '../failures/classify.js';
import { lastHeader } from '../failures/header_values.js';
import type { FloodGuard } from '../failures/flood_guard.js';
import type { Logger } from '../../logger/index.js';
import { OnceAMinute } from '../once_a_minute.js';
import { delayAfter } from './backoff.js';
import type { ConsumerEventListener } from './events.js';

const PREVIEW_LENGTH = 64;
/** The header by which what belongs together is found in the logs of several programs. */
const CORRELATION = 'correlation-id';

/** What becomes of messages whose handler failed: see `SubscriptionOptions`. */
export class FailureHandling {
  /** Failed for good, while the flood guard was tripped. */
  #flooded: { readonly task: Task; readonly thrown: unknown; readonly failure: FailureClass }[] = [];
  readonly #writes = new Set<Promise<void>>();
  /** Partitions that wait until a message can be set aside. */
  readonly #waiting = new OnceAMinute();

  constructor(
    private readonly parts: {
      readonly groupId: string;
      readonly logger: Logger;
      readonly emit: ConsumerEventListener | undefined;
      readonly deadLetters: Pick<DeadLetters, 'write'>;
      readonly details: FailureDetails;
      readonly flood: FloodGuard;
      /** The message was set aside, and needs no more work. */
      readonly onSetAside: (task: Task) => void;
    },
  ) {}

  /** Decides what becomes of the message. Its lane waits until then. */
  failed(task: Task, thrown: unknown): void {
    task.firstFailedAt ??= Date.now();
    const failure = this.#classify(task, thrown);
    if (failure === 'infrastructure') {
      this.#awaitInfrastructure(task, thrown);
      return;
    }
    this.answered(task);
    const { retry } = task.work.route.subscription;
    task.failures += 1;
    if (failure === 'retry' && task.failures < retry.maxAttempts) this.#retry(task, thrown);
    else this.#exhausted(task, thrown, failure);
  }

  /** The message's handler got through to what it needs: those of its partition that waited for that go on. */
  answered(task: Task): void {
    const { work } = task;
    if (!work.holds.has('infrastructure')) return;
    const waiting = work.infrastructure.answered(task);
    if (work.infrastructure.closed) return;
    work.again(waiting);
    work.release('infrastructure');
  }

  /** The flood guard lets messages through again. */
  unflooded(): void {
    for (const { task, thrown, failure } of this.#flooded.splice(0)) {
      if (!task.work.dropped) this.#exhausted(task, thrown, failure);
    }
  }

  /** Resolves when nothing is being written that was when this was called. */
  async whenIdle(): Promise<void> {
    await Promise.all(this.#writes);
  }

  #classify(task: Task, thrown: unknown): FailureClass {
    try {
      return task.work.route.subscription.classify(thrown);
    } catch (error) {
      this.parts.logger.error('a failure classifier failed; the message is tried again', { error });
      return 'retry';
    }
  }

  #retry(task: Task, thrown: unknown): void {
    const { maxDelayMs, initialDelayMs, jitter } = task.work.route.subscription.retry;
    const delayMs = delayAfter(task.failures, { initialMs: initialDelayMs, maxMs: maxDelayMs, jitter });
    this.#reportRetry(task, { thrown, delayMs, infrastructure: false });
    task.work.againAfter(task, delayMs);
  }

  #awaitInfrastructure(task: Task, thrown: unknown): void {
    const { work } = task;
    const delayMs = work.infrastructure.failed(task);
    work.hold('infrastructure');
    if (delayMs !== undefined) this.#reportRetry(task, { thrown, delayMs, infrastructure: true });
  }

  #reportRetry(
    task: Task,
    { thrown, delayMs, infrastructure }: { thrown: unknown; delayMs: number; infrastructure: boolean },
  ): void {
    this.parts.logger.warn(
      infrastructure
        ? 'something that a handler needs is down; the partition waits'
        : 'a message failed and is tried again',
      { ...this.#describe(task, thrown), delayMs },
    );
    this.parts.emit?.({
      type: 'retried',
      ...this.#place(task),
      attempt: task.deliveries,
      infrastructure,
      delayMs,
      error: thrown,
    });
  }

  #exhausted(task: Task, thrown: unknown, failure: FailureClass): void {
    const { later, deadLetters } = task.work.route;
    if (failure === 'retry' && later !== undefined) this.#write(task, thrown, later);
    else if (deadLetters === undefined) this.#stopPartition(task, thrown);
    else if (this.parts.flood.failed()) this.#flooded.push({ task, thrown, failure });
    else this.#write(task, thrown, { topic: deadLetters });
  }

  #write(task: Task, thrown: unknown, target: { readonly topic: string; readonly delayMs?: number }): void {
    const writing = this.#writeTo(task, thrown, target)
      .catch((error: unknown) => {
        if (task.work.dropped) return;
        // No further try would go another way.
        this.#stopPartition(task, error);
        task.work.unstick(task);
      })
      .finally(() => this.#writes.delete(writing));
    this.#writes.add(writing);
  }

  async #writeTo(
    task: Task,
    thrown: unknown,
    { topic, delayMs }: { readonly topic: string; readonly delayMs?: number },
  ): Promise<void> {
    const { work } = task;
    const message = this.#failedMessage(task, thrown);
    const { details, deadLetters } = this.parts;
    const written = await deadLetters.write({
      message,
      topic,
      signal: work.gone,
      headers: (level) =>
        delayMs === undefined
          ? deadLetterHeaders(message, details, level)
          : delayedRetryHeaders(message, details, Date.now() + delayMs),
      onFailure: (error, againInMs) => {
        work.stick(task, error);
        if (!this.#waiting.isNews(`${work.topic}/${work.partition}`)) return;
        this.parts.logger.error('a failed message cannot be set aside; its partition waits', {
          ...this.#describe(task, error.message),
          target: topic,
          againInMs,
          failure: errorText(thrown),
        });
      },
    });
    if (!written || work.dropped) return;
    work.unstick(task);
    this.parts.logger.warn('a message failed for good and was set aside', {
      ...this.#describe(task, thrown),
      target: topic,
    });
    this.parts.emit?.({
      type: 'dead-lettered',
      ...this.#place(task),
      target: topic,
      attempts: task.deliveries,
      error: thrown,
    });
    this.parts.onSetAside(task);
  }

  #stopPartition(task: Task, thrown: unknown): void {
    const { work, record } = task;
    if (work.stopped !== undefined && BigInt(work.stopped.offset) < BigInt(record.offset)) return;
    work.stopped = {
      topic: work.topic,
      partition: work.partition,
      offset: record.offset,
      key: preview(record.key),
      attempts: task.deliveries,
      cause: errorText(thrown),
      since: new Date().toISOString(),
    };
    work.hold('stopped');
    this.parts.logger.error(
      'a partition stopped: a message failed for good. Nothing from it on is consumed until a restart',
      this.#describe(task, thrown),
    );
    this.parts.emit?.({ type: 'stopped', groupId: this.parts.groupId, partition: work.stopped });
  }

  #failedMessage(task: Task, thrown: unknown): FailedMessage {
    const now = Date.now();
    return {
      record: task.record,
      source: { topic: task.work.topic, partition: task.work.partition },
      groupId: this.parts.groupId,
      replayed: task.work.route.replayed,
      thrown,
      attempts: task.deliveries,
      firstFailedAt: task.firstFailedAt ?? now,
      lastFailedAt: now,
    };
  }

  #place({ work, record }: Task) {
    const { topic, partition } = work;
    return { groupId: this.parts.groupId, topic, partition, offset: record.offset };
  }

  #describe(task: Task, error: unknown) {
    const { key, headers } = task.record;
    const correlationId = lastHeader(headers, CORRELATION)?.toString('utf8', 0, PREVIEW_LENGTH);
    return {
      ...this.#place(task),
      key: preview(key),
      ...(correlationId === undefined ? {} : { correlationId }),
      attempt: task.deliveries,
      error,
    };
  }
}

function preview(key: Buffer | null): string | null {
  return key === null ? null : key.toString('utf8', 0, PREVIEW_LENGTH);
}
