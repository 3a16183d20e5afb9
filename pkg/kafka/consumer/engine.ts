import type { DriverConsumer, FetchedBatch, SkippedRange, TopicPartition } from '../driver.js';
import { HandlingInterrupted } from '../errors.js';
import type { FailureDetails } from '../failures/dead_letter_headers.js';
import type { DeadLetters } from '../failures/dead_letters.js';
import { dueAt } from '../failures/due_time.js';
import type { FloodGuard } from '../failures/flood_guard.js';
import type { Logger } from '../../logger/index.js';
import { Assignment } from './assignment.js';
import type { ConsumerEventListener, StoppedPartition } from './events.js';
import { FailureHandling } from './failure_handling.js';
import type { Hold } from './hold.js';
import type { Leftovers } from './leftovers.js';
import type { ResolvedGroupOptions } from './options.js';
import { PartitionWork, type Task } from './partition_work.js';
import type { Pauses } from './pauses.js';
import { isFull } from './read_ahead.js';
import type { Route } from './routes.js';
import { Workers } from './workers.js';

/**
 * The client fetches again only when every partition's batch has returned, so a batch is handed back at once while
 * there is room to read ahead, else after so many milliseconds at most, and its work carried on.
 */
const PATIENCE_MS = 200;

/** What a group shares among its sessions. */
export interface EngineParts {
  readonly groupId: string;
  readonly routes: ReadonlyMap<string, Route>;
  readonly options: ResolvedGroupOptions;
  readonly logger: Logger;
  readonly emit: ConsumerEventListener | undefined;
  readonly deadLetters: Pick<DeadLetters, 'write'>;
  readonly details: FailureDetails;
  readonly flood: FloodGuard;
  readonly pauses: Pauses;
  readonly leftovers: Leftovers;
}

/** Runs the messages of one member: decides what is begun, what waits, and what is fetched meanwhile. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #workers: Workers;
  readonly #failures: FailureHandling;
  #assignment: Assignment | undefined;
  /** Partitions that had stopped under the assignment before. */
  #stoppedBefore: readonly StoppedPartition[] = [];

  constructor(
    parts: EngineParts,
    private readonly fetching: Pick<DriverConsumer, 'pause' | 'resume'>,
    private readonly onFinished: (assignment: Assignment) => void,
  ) {
    this.#parts = parts;
    this.#failures = new FailureHandling({
      ...parts,
      onSetAside: (task) => {
        this.#finished(task);
        this.#workers.wake(task.work);
      },
    });
    this.#workers = new Workers(parts.options.concurrency, {
      onDone: (task, durationMs) => {
        this.#handled(task, durationMs);
      },
      onFailed: (task, thrown) => {
        this.#failures.failed(task, thrown);
      },
      onLeftoverEnded: (attempt) => {
        parts.leftovers.ended(attempt);
      },
    });
    parts.flood.onChange = (tripped) => {
      this.#flooded(tripped);
    };
  }

  /** What is assigned now; undefined between assignments. */
  get assignment(): Assignment | undefined {
    return this.#assignment;
  }

  /** Begins an assignment. What is held from the start is not fetched. */
  begin(partitions: readonly TopicPartition[]): void {
    this.#workers.open(partitions.length);
    // The client keeps its pauses across rebalances; the new work has its own reasons.
    this.fetching.resume(partitions);
    this.#assignment = new Assignment(partitions, (partition) => this.#createWork(partition));
    for (const work of this.#assignment.works) {
      const { topic, partition } = work;
      const isIt = (before: StoppedPartition) => before.topic === topic && before.partition === partition;
      this.#holdFromStart(work, this.#stoppedBefore.find(isIt));
    }
    this.#stoppedBefore = [];
  }

  /** Begins nothing more under this assignment. */
  close(): void {
    this.#workers.close();
  }

  /** Waits for no handler any more. Their messages are not finished. */
  giveUp(why: string): void {
    this.#parts.leftovers.add(this.#workers.giveUp(new HandlingInterrupted(why)));
  }

  /** Ends the assignment. What still runs can finish nothing any more. */
  end(why: string): void {
    this.close();
    this.giveUp(why);
    this.#stoppedBefore = this.#assignment?.stopped() ?? [];
    this.#assignment?.drop();
    this.#assignment = undefined;
  }

  /** Resolves when no handler runs and no dead letter is being written. */
  async whenIdle(): Promise<void> {
    await this.#workers.whenIdle();
    // Only now: the last handlers may have failed for good.
    await this.#failures.whenIdle();
  }

  /**
   * Takes a batch over, or leaves it to be fetched again. Resolves when there is room for the next one, or soon
   * when that takes longer.
   */
  async accept(batch: FetchedBatch): Promise<void> {
    const work = this.#workFor(batch);
    if (work === undefined) return;
    if (work.holds.size > 0) {
      this.reject(work);
      return;
    }
    batch.resolve();
    work.add(batch);
    this.#workers.wake(work);
    if (isFull(work, this.#assignment?.works ?? [], this.#parts.options)) await this.#makeRoom(work);
    if (!work.isDrained() && !work.dropped) work.carryOn();
  }

  /** Goes over what needs no work. */
  skip(skipped: SkippedRange): void {
    this.#workFor(skipped)?.tracker.skipTo(skipped.nextOffset);
  }

  /** Takes nothing of a partition: what was fetched is fetched again when the partition goes on. */
  reject(partition: TopicPartition): void {
    const work = this.#assignment?.get(partition);
    if (work !== undefined) work.fetchPaused = true;
    this.fetching.pause([partition]);
  }

  /** Applies what was paused and resumed since. */
  applyPauses(): void {
    for (const work of this.#assignment?.works ?? []) {
      if (this.#parts.pauses.includes(work.route, work.partition)) work.hold('paused');
      else work.release('paused');
    }
  }

  #createWork({ topic, partition }: TopicPartition): PartitionWork | undefined {
    const route = this.#parts.routes.get(topic);
    if (route === undefined) return undefined;
    return new PartitionWork(topic, partition, route, {
      onReady: (work) => {
        this.#workers.wake(work);
      },
      onHold: (work, reason, held) => {
        this.#held(work, reason, held);
      },
      dueAt,
    });
  }

  /** @param stopped why the partition had stopped before */
  #holdFromStart(work: PartitionWork, stopped: StoppedPartition | undefined): void {
    const { pauses, flood, leftovers } = this.#parts;
    if (stopped !== undefined) {
      work.stopped = stopped;
      work.hold('stopped');
    }
    if (pauses.includes(work.route, work.partition)) work.hold('paused');
    if (flood.tripped) work.hold('flood');
    const waits = leftovers.await(work, () => {
      work.release('leftover');
    });
    if (waits) work.hold('leftover');
  }

  /** The work that the batch belongs to: a new one when the log itself was made anew. */
  #workFor(batch: Pick<SkippedRange, 'topic' | 'partition' | 'from'>): PartitionWork | undefined {
    const work = this.#assignment?.get(batch);
    const expected = work?.tracker.next;
    if (work === undefined || expected === undefined || batch.from === expected) return work;
    const { topic, partition, from } = batch;
    this.#parts.logger.error(
      from > expected
        ? 'messages were deleted before they were read; reading goes on after them'
        : 'the log of a partition went back: it was made anew, or its end was lost; it is read from there',
      {
        groupId: this.#parts.groupId,
        topic,
        partition,
        expected: expected.toString(),
        from: from.toString(),
      },
    );
    return from > expected ? work : this.#restart(work);
  }

  /** Begins a partition anew. What kept it back still does, and its handlers must end first. */
  #restart(work: PartitionWork): PartitionWork | undefined {
    const reason = new HandlingInterrupted('the log of the partition was made anew');
    this.#parts.leftovers.add(this.#workers.giveUp(reason, work));
    const restarted = this.#assignment?.restart(work);
    if (restarted === undefined) return undefined;
    // As in begin(): the client keeps its pauses.
    this.fetching.resume([restarted]);
    this.#holdFromStart(restarted, work.stopped);
    this.#workers.wake(restarted);
    return restarted;
  }

  /**
   * Resolves when half of what was read ahead is done. When that takes long it resolves before, and fetching pauses
   * until then; at once when it took long the last time, so that the client loses that time only once.
   */
  async #makeRoom(work: PartitionWork): Promise<void> {
    const startedAt = performance.now();
    await new Promise<void>((resolve) => {
      const pause = (): void => {
        work.full = true;
        this.#syncFetching(work);
        resolve();
      };
      const timer = work.quick ? setTimeout(pause, PATIENCE_MS) : undefined;
      work.onLevel(Math.floor(work.unfinished / 2), () => {
        clearTimeout(timer);
        work.quick = performance.now() - startedAt <= PATIENCE_MS;
        work.full = false;
        this.#syncFetching(work);
        resolve();
      });
      if (timer === undefined) pause();
    });
  }

  #handled(task: Task, durationMs: number): void {
    const { work, record, deliveries } = task;
    const { emit, groupId, flood } = this.#parts;
    this.#failures.answered(task);
    this.#finished(task);
    flood.handled();
    if (emit === undefined) return;
    const { topic, partition } = work;
    const { offset } = record;
    emit({ type: 'handled', groupId, topic, partition, offset, attempt: deliveries, durationMs });
  }

  #finished(task: Task): void {
    task.work.finish(task);
    if (this.#assignment !== undefined) this.onFinished(this.#assignment);
  }

  #held(work: PartitionWork, reason: Hold, held: boolean): void {
    this.#syncFetching(work);
    const { topic, partition } = work;
    this.#parts.emit?.({
      type: held ? 'paused' : 'resumed',
      groupId: this.#parts.groupId,
      topic,
      partition,
      reason,
    });
  }

  #syncFetching(work: PartitionWork): void {
    const paused = work.full || work.holds.size > 0;
    if (paused === work.fetchPaused || work.dropped) return;
    work.fetchPaused = paused;
    if (paused) this.fetching.pause([work]);
    else this.fetching.resume([work]);
  }

  #flooded(tripped: boolean): void {
    const { groupId, logger, flood } = this.#parts;
    if (tripped) {
      logger.error('too many messages failed for good; the consumer pauses', { groupId });
      for (const work of this.#assignment?.works ?? []) work.hold('flood');
      return;
    }
    logger.warn('the consumer goes on after too many messages had failed for good', { groupId });
    this.#failures.unflooded();
    if (flood.tripped) return;
    for (const work of this.#assignment?.works ?? []) work.release('flood');
  }
}
