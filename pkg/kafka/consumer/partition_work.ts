import type { FetchedBatch, ReadRecord, TopicPartition } from '../driver.js';
import { longTimeout } from '../long_timeout.js';
import { Chunk } from './chunk.js';
import { detached } from './detached.js';
import type { StoppedPartition } from './events.js';
import type { Hold } from './hold.js';
import { InfrastructureGate } from './infrastructure_gate.js';
import { Lanes, type LaneMember } from './lanes.js';
import { LinkedList, type Linked } from '../linked_list.js';
import { OffsetTracker, type OffsetSpan } from './offset_tracker.js';
import type { Route } from './routes.js';

const DETACH_AFTER_MS = 1_000;

interface Hooks {
  /** Messages may be begun that could not be before. */
  readonly onReady: (work: PartitionWork) => void;
  readonly onHold: (work: PartitionWork, hold: Hold, held: boolean) => void;
  /** When the message may be tried, in milliseconds since the epoch; undefined for at once. */
  readonly dueAt: (record: ReadRecord, delayMs: number) => number | undefined;
}

/** One message on its way from being begun to being finished. */
export class Task implements LaneMember<Task>, Linked<Task> {
  lane: number | undefined = undefined;
  behind: Task | undefined = undefined;
  last: Task | undefined = undefined;
  neighbour: Task | undefined = undefined;
  previous: Task | undefined = undefined;
  next: Task | undefined = undefined;
  list: LinkedList<Task> | undefined = undefined;
  /** How often the handler was called. */
  deliveries = 0;
  /** Failures that count towards the limit of attempts. */
  failures = 0;
  /** Milliseconds since the epoch. */
  firstFailedAt: number | undefined = undefined;

  constructor(
    readonly work: PartitionWork,
    readonly span: OffsetSpan,
    readonly index: number,
    public record: ReadRecord,
  ) {}
}

/** What one assignment does with one of its partitions. Messages are here until they are finished. */
export class PartitionWork implements TopicPartition {
  readonly tracker = new OffsetTracker();
  readonly infrastructure: InfrastructureGate<Task>;
  committed: bigint | undefined;
  highWatermark: bigint | undefined;
  /** Messages whose handler runs. */
  running = 0;
  /** True while it waits for a worker. */
  queued = false;
  /** The assignment is over. */
  dropped = false;
  /** True while the client does not fetch it. */
  fetchPaused = false;
  /** Whether there was room again soon when it was full last. */
  quick = true;
  /** True while so much is read ahead that it need not fetch more. */
  full = false;
  /** The message that failed for good, when the partition stopped because of one. */
  stopped: StoppedPartition | undefined;
  /** Why it cannot be read: its records are damaged, or this client may not. */
  unreadable: string | undefined;
  /** Why a dead letter cannot be written at the moment. */
  deadLetterError: Error | undefined;
  /** Batches with messages that were not begun. */
  readonly #chunks: Chunk[] = [];
  /** Messages that were begun and are not finished. */
  readonly #tasks = new LinkedList<Task>();
  /** Begun, and free to run. */
  readonly #ready: Task[] = [];
  readonly #lanes: Lanes<Task>;
  readonly #holds = new Set<Hold>();
  /** Failed messages that could not be set aside so far. */
  readonly #stuck = new Set<Task>();
  /** Call off what is to happen later. */
  readonly #timers = new Set<() => void>();
  readonly #gone = new AbortController();
  #unfinished = 0;
  /** Bytes of a message, as of the newest batch. */
  #averageBytes = 0;
  #willDetach = false;
  /** Batches of which what was left was copied. */
  readonly #copied = new WeakSet<OffsetSpan>();
  #onLevel: { readonly level: number; readonly call: () => void } | undefined;

  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly route: Route,
    private readonly hooks: Hooks,
  ) {
    const { order, infrastructureBackoff } = route.subscription;
    this.#lanes = new Lanes(order);
    this.infrastructure = new InfrastructureGate(infrastructureBackoff, () => {
      hooks.onReady(this);
    });
  }

  /** Aborted when the assignment is over. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get holds(): ReadonlySet<Hold> {
    return this.#holds;
  }

  /** Messages taken from the client and not finished. */
  get unfinished(): number {
    return this.#unfinished;
  }

  isDrained(): boolean {
    return this.#unfinished === 0;
  }

  /** About how many bytes they have. */
  get unfinishedBytes(): number {
    return Math.round(this.#unfinished * this.#averageBytes);
  }

  /** Takes a batch over. */
  add(batch: FetchedBatch): void {
    const span = this.tracker.begin(batch);
    this.highWatermark = batch.highWatermark;
    this.#averageBytes = batch.bytes / batch.offsets.length;
    this.#unfinished += batch.offsets.length;
    this.#chunks.push(new Chunk(batch, span));
  }

  /** The next message to be run; undefined when there is none now. */
  take(): Task | undefined {
    if (this.#barriers > 0) return this.#mayProbe ? this.infrastructure.takeProbe() : undefined;
    const ready = this.#ready.shift();
    if (ready !== undefined) return ready;
    if (this.#holds.has('due')) return undefined;
    const { delayMs } = this.route;
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      if (delayMs !== undefined && this.#isEarly(chunk, delayMs)) return undefined;
      const record = chunk.peek();
      const task = new Task(this, chunk.span, chunk.begin(), record);
      if (chunk.exhausted) this.#chunks.shift();
      this.#tasks.add(task);
      if (this.#lanes.enter(task, task.record.key)) return task;
    }
    return undefined;
  }

  /** The message needs no more work: it was handled, or set aside for good. */
  finish(task: Task): void {
    this.tracker.finish(task.span, task.index);
    this.#tasks.remove(task);
    this.#unfinished -= 1;
    const next = this.#lanes.leave(task);
    if (next !== undefined) this.#ready.push(next);
    if (this.#onLevel !== undefined && this.#unfinished <= this.#onLevel.level) {
      const { call } = this.#onLevel;
      this.#onLevel = undefined;
      call();
    }
  }

  /** The message may be run again. */
  again(tasks: readonly Task[]): void {
    if (tasks.length === 0 || this.dropped) return;
    this.#ready.unshift(...tasks);
    this.hooks.onReady(this);
  }

  /** ... after so many milliseconds; its lane waits meanwhile. */
  againAfter(task: Task, delayMs: number): void {
    this.#after(delayMs, () => {
      this.again([task]);
    });
  }

  /** Begins nothing more. */
  hold(reason: Hold): void {
    if (this.#holds.has(reason)) return;
    this.#holds.add(reason);
    this.hooks.onHold(this, reason, true);
  }

  /** The reason is gone. */
  release(reason: Hold): void {
    if (!this.#holds.delete(reason) || this.dropped) return;
    this.hooks.onHold(this, reason, false);
    // A probe that came due under the other hold waits for this.
    if (this.#barriers === 0 || this.#mayProbe) this.hooks.onReady(this);
  }

  /** A failed message cannot be set aside yet; nothing is begun while there is any such. */
  stick(task: Task, error: Error): void {
    this.#stuck.add(task);
    this.deadLetterError = error;
    this.hold('dead-letter');
  }

  /** The message was set aside, or never will be. */
  unstick(task: Task): void {
    if (!this.#stuck.delete(task) || this.#stuck.size > 0) return;
    this.deadLetterError = undefined;
    this.release('dead-letter');
  }

  /** Calls back once, when no more than `level` messages are unfinished; a later call replaces an earlier. */
  onLevel(level: number, call: () => void): void {
    this.#onLevel = { level, call };
  }

  /**
   * The client gets its batch back while work on it goes on. What is left of that after a while is copied,
   * so that it does not pin the whole response; most work is done before, and so is that of batches that came
   * since.
   */
  carryOn(): void {
    if (this.#willDetach) return;
    this.#willDetach = true;
    const here = new Set([...this.#chunks, ...this.#tasks].map(({ span }) => span));
    this.#after(DETACH_AFTER_MS, () => {
      this.#willDetach = false;
      this.#detach(here);
      if (this.#unfinished > 0) this.carryOn();
    });
  }

  /** The assignment is over: nothing of it comes back. */
  drop(): void {
    this.dropped = true;
    this.#gone.abort();
    this.infrastructure.close();
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
  }

  #detach(spans: ReadonlySet<OffsetSpan>): void {
    const isDue = ({ span }: { readonly span: OffsetSpan }): boolean =>
      spans.has(span) && !this.#copied.has(span);
    for (const task of this.#tasks) if (isDue(task)) task.record = detached(task.record);
    for (const chunk of this.#chunks) if (isDue(chunk)) chunk.detach();
    for (const span of spans) {
      if (this.#copied.has(span)) continue;
      span.detach();
      this.#copied.add(span);
    }
  }

  /** Holds that keep back messages which were begun, too: all but the wait of the next one until it is due. */
  get #barriers(): number {
    return this.#holds.size - Number(this.#holds.has('due'));
  }

  /** Nothing else keeps the message back that tells whether the infrastructure is there again. */
  get #mayProbe(): boolean {
    return this.#barriers === 1 && this.#holds.has('infrastructure');
  }

  #isEarly(chunk: Chunk, delayMs: number): boolean {
    const due = this.hooks.dueAt(chunk.peek(), delayMs);
    if (due === undefined) return false;
    this.hold('due');
    this.#after(due - Date.now(), () => {
      this.release('due');
    });
    return true;
  }

  #after(delayMs: number, call: () => void): void {
    const callOff = longTimeout(() => {
      this.#timers.delete(callOff);
      call();
    }, delayMs);
    this.#timers.add(callOff);
  }
}
