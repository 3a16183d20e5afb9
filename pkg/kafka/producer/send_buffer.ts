import { QueueFull } from '../errors.js';
import { LinkedList } from '../linked_list.js';
import type { Pending } from './pending.js';

interface Limits {
  readonly maxBufferedMessages: number;
  readonly maxBufferedBytes: number;
  readonly maxBlockMs: number;
}

/**
 * The room for messages that are not acknowledged yet. Those that find none wait for it in the order in
 * which they came, so that nobody overtakes, and are rejected when it takes too long.
 */
export class SendBuffer {
  #messages = 0;
  #bytes = 0;
  #admitting = false;
  readonly #waiting = new LinkedList<Pending>();
  #timer: NodeJS.Timeout | undefined;

  /** @param accept takes a message that got its room */
  constructor(
    private readonly limits: Limits,
    private readonly accept: (pending: Pending) => void,
  ) {}

  /** Accepts the message now, or when there is room; rejects it with QueueFull after maxBlockMs. */
  enter(pending: Pending): void {
    if (this.#waiting.size === 0 && this.#hasRoom(pending.size)) {
      this.#take(pending);
      return;
    }
    pending.cameAt = performance.now();
    this.#waiting.add(pending);
    this.#arm();
  }

  /** A message has its outcome, and waits no more: its room, if it had got it, is free. */
  leave(pending: Pending): void {
    if (pending.placed) {
      this.#messages -= 1;
      this.#bytes -= pending.size;
    }
    this.#admit();
  }

  /** Rejects what waits for room. */
  rejectWaiting(toError: (pending: Pending) => Error): void {
    // With each of them that leaves, others may get the room that it waited for.
    let first: Pending | undefined;
    while ((first = this.#waiting.first) !== undefined) first.reject(toError(first));
  }

  /** Those that wait longest get the room that there is. */
  #admit(): void {
    // What is accepted may have its outcome at once, and leave again in the midst of this.
    if (this.#admitting) return;
    this.#admitting = true;
    let first: Pending | undefined;
    while ((first = this.#waiting.first) !== undefined && this.#hasRoom(first.size)) {
      this.#waiting.remove(first);
      this.#take(first);
    }
    this.#admitting = false;
    this.#arm();
  }

  #take(pending: Pending): void {
    this.#messages += 1;
    this.#bytes += pending.size;
    pending.placed = true;
    pending.acceptedAt = performance.now();
    this.accept(pending);
  }

  /** A message larger than the whole room fits when nothing else is there. */
  #hasRoom(size: number): boolean {
    const { maxBufferedMessages, maxBufferedBytes } = this.limits;
    if (this.#messages >= maxBufferedMessages) return false;
    return this.#bytes === 0 || this.#bytes + size <= maxBufferedBytes;
  }

  /** One timer for the one that waits longest. */
  #arm(): void {
    const { first } = this.#waiting;
    if (first === undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#rejectLate();
        this.#arm();
      },
      Math.max(this.#deadlineOf(first) - performance.now(), 0),
    );
  }

  #rejectLate(): void {
    const now = performance.now();
    let first: Pending | undefined;
    while ((first = this.#waiting.first) !== undefined && this.#deadlineOf(first) <= now) {
      first.reject(new QueueFull(this.#messages, this.#bytes));
    }
  }

  #deadlineOf({ cameAt }: Pending): number {
    return cameAt + this.limits.maxBlockMs;
  }
}
