import { AsyncResource } from 'node:async_hooks';
import { HandlerTimeout } from '../errors.js';
import { longTimeout } from '../long_timeout.js';
import { Attempt } from './attempt.js';
import { LinkedList } from '../linked_list.js';
import type { PartitionWork, Task } from './partition_work.js';

/** Handlers that end at once run on in the same turn of the event loop, but not for longer than this. */
const TURN_MS = 20;
/** Spares the garbage collector the bookkeeping of a resource that nothing observes. */
const UNWATCHED = { requireManualDestroy: true };
/** So many messages of a partition are begun before the next one has its turn. */
const MESSAGES_PER_TURN = 16;

/** What the workers report. After `onDone` and `onFailed` the message is the listener's. */
interface Listener {
  readonly onDone: (task: Task, durationMs: number) => void;
  readonly onFailed: (task: Task, thrown: unknown) => void;
  /** A handler that was given up has ended. */
  readonly onLeftoverEnded: (attempt: Attempt) => void;
}

/**
 * Runs handlers: at most `concurrency` at a time, over all partitions by turns. While several partitions
 * are assigned, a quarter of the places at most is kept from those that run something already, so that a
 * partition of slow messages leaves room for the others.
 */
export class Workers {
  /** Handlers that run and were not given up. */
  readonly #attempts = new LinkedList<Attempt>();
  /** Partitions that may have messages to run, by turns. */
  readonly #queue: PartitionWork[] = [];
  /** Workers run in it, and not in the asynchronous context of whoever made a message ready. */
  readonly #context = new AsyncResource('KafkaWorker');
  /** Messages taken from the first of them. */
  #taken = 0;
  #turnStartedAt = 0;
  #nextTurn: Promise<void> | undefined;
  #callOff: () => void = () => undefined;
  #timerDue = Infinity;
  #idle: (() => void)[] = [];
  #reserve = 0;
  #closed = false;

  constructor(
    private readonly concurrency: number,
    private readonly listener: Listener,
  ) {}

  /** Begins nothing more until {@link open}. */
  close(): void {
    this.#closed = true;
  }

  /** An assignment of so many partitions begins. */
  open(partitions: number): void {
    this.#closed = false;
    this.#queue.length = 0;
    this.#reserve = Math.min(partitions - 1, Math.floor(this.concurrency / 4));
  }

  /** The partition may have messages to run. */
  wake(work: PartitionWork): void {
    this.#enqueue(work);
    this.#pump();
  }

  /** Resolves when no handler runs, apart from those given up. */
  async whenIdle(): Promise<void> {
    if (this.#attempts.size === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /**
   * Waits for none of the handlers any more, or for none of one partition's. Their messages are not
   * finished. Returns those that run on.
   */
  giveUp(reason: Error, only?: PartitionWork): Attempt[] {
    const running = [...this.#attempts].filter(({ task }) => only === undefined || task.work === only);
    for (const attempt of running) {
      this.#ended(attempt);
      attempt.giveUp(reason);
    }
    return running;
  }

  #enqueue(work: PartitionWork): void {
    if (work.queued || work.dropped) return;
    work.queued = true;
    this.#queue.push(work);
  }

  #pump(): void {
    let now = performance.now();
    this.#turnStartedAt = now;
    for (let task = this.#take(); task !== undefined; task = this.#take()) {
      void this.#context.runInAsyncScope(this.#work, this, task, now);
      now = performance.now();
      if (now - this.#turnStartedAt < TURN_MS) continue;
      void this.#turn().then(() => {
        this.#pump();
      });
      return;
    }
  }

  #take(): Task | undefined {
    const free = this.concurrency - this.#attempts.size;
    if (this.#closed || free <= 0) return undefined;
    for (let turns = this.#queue.length; turns > 0; turns -= 1) {
      const work = this.#queue[0];
      if (work === undefined) return undefined;
      if (work.running > 0 && free <= this.#reserve) {
        this.#nextPartition();
        continue;
      }
      const task = work.dropped ? undefined : work.take();
      if (task !== undefined) {
        this.#taken += 1;
        if (this.#taken === MESSAGES_PER_TURN) this.#nextPartition();
        return task;
      }
      this.#taken = 0;
      this.#queue.shift();
      work.queued = false;
    }
    return undefined;
  }

  /** The first partition of the queue becomes its last. */
  #nextPartition(): void {
    this.#taken = 0;
    const work = this.#queue.shift();
    if (work !== undefined) this.#queue.push(work);
  }

  /** Runs one message after the other until there is none. */
  async #work(first: Task, startedAt: number): Promise<void> {
    let now = startedAt;
    for (let task: Task | undefined = first; task !== undefined; task = this.#take()) {
      const attempt = this.#begin(task, now);
      let failed = false;
      let thrown: unknown;
      try {
        const { handler } = task.work.route.subscription;
        // What a handler leaves in its context does not reach the next one.
        const context = new AsyncResource('KafkaHandler', UNWATCHED);
        await context.runInAsyncScope(handler, undefined, task.record, attempt);
      } catch (error) {
        failed = true;
        thrown = error;
      }
      attempt.settled = true;
      if (attempt.givenUp) {
        // Its place was given to another worker.
        this.listener.onLeftoverEnded(attempt);
        return;
      }
      now = performance.now();
      this.#ended(attempt);
      if (failed) this.listener.onFailed(task, thrown);
      else this.listener.onDone(task, now - attempt.startedAt);
      this.#enqueue(task.work);
      if (now - this.#turnStartedAt < TURN_MS) continue;
      await this.#turn();
      now = performance.now();
    }
  }

  #begin(task: Task, startedAt: number): Attempt {
    const { work } = task;
    task.deliveries += 1;
    const attempt = new Attempt(task, startedAt);
    work.running += 1;
    this.#attempts.add(attempt);
    const { deadline } = attempt;
    if (deadline < this.#timerDue) this.#arm(deadline, startedAt);
    return attempt;
  }

  #ended(attempt: Attempt): void {
    attempt.task.work.running -= 1;
    this.#attempts.remove(attempt);
    if (this.#attempts.size > 0 || this.#idle.length === 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }

  /** Lets timers and the network have their turn: one pause for all workers. */
  async #turn(): Promise<void> {
    this.#nextTurn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#nextTurn = undefined;
        this.#turnStartedAt = performance.now();
        resolve();
      });
    });
    await this.#nextTurn;
  }

  /** One timer for all handlers: it is set for the first deadline, and again for what is left then. */
  #arm(deadline: number, now: number): void {
    this.#callOff();
    this.#timerDue = deadline;
    const end = () => {
      this.#endOverdue();
    };
    this.#callOff = longTimeout(end, deadline - now, { unref: true });
  }

  #endOverdue(): void {
    this.#timerDue = Infinity;
    const now = performance.now();
    let next = Infinity;
    for (const attempt of this.#attempts) {
      if (attempt.deadline > now) next = Math.min(next, attempt.deadline);
      else this.#timeOut(attempt);
    }
    if (next < Infinity) this.#arm(next, now);
    this.#pump();
  }

  #timeOut(attempt: Attempt): void {
    const { task } = attempt;
    const error = new HandlerTimeout(task.work.route.subscription.handlerTimeoutMs);
    this.#ended(attempt);
    attempt.giveUp(error);
    this.listener.onFailed(task, error);
    this.#enqueue(task.work);
  }
}
