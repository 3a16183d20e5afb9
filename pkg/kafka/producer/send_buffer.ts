import { QueueFull } from '../errors.js';
import type { Pending } from './pending.js';

interface Limits {
  readonly maxBufferedMessages: number;
  readonly maxBufferedBytes: number;
  readonly maxBlockMs: number;
}

interface Waiting {
  readonly pending: Pending;
  /** Milliseconds of the monotonic clock. */
  readonly deadline: number;
}

/**
 * The room for messages that are not acknowledged yet. Those that find none wait for it in the order in
 * which they came, so that nobody overtakes, and are rejected when it takes too long.
 */
export class SendBuffer {
  #messages = 0;
  #bytes = 0;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param accept takes a message that got its room */
  constructor(
    private readonly limits: Limits,
    private readonly accept: (pending: Pending) => void,
  ) {}

  /** Accepts the message now, or when there is room; rejects it with QueueFull after maxBlockMs. */
  enter(pending: Pending): void {
    if (this.#waiting.length === 0 && this.#hasRoom(pending.size)) {
      this.#take(pending);
      return;
    }
    this.#waiting.push({ pending, deadline: performance.now() + this.limits.maxBlockMs });
    this.#arm();
  }

  /** A message has its outcome: its room is free, whether it had got it or still waited for it. */
  leave(pending: Pending): void {
    if (!pending.placed) {
      if (this.#waiting[0]?.pending === pending) this.#waiting.shift();
      else this.#waiting = this.#waiting.filter((waiting) => waiting.pending !== pending);
      this.#arm();
      return;
    }
    this.#messages -= 1;
    this.#bytes -= pending.size;
    while (this.#waiting[0] !== undefined && this.#hasRoom(this.#waiting[0].pending.size)) {
      const next = this.#waiting.shift();
      if (next !== undefined) this.#take(next.pending);
    }
    this.#arm();
  }

  /** Rejects what waits for room. */
  rejectWaiting(toError: (pending: Pending) => Error): void {
    for (const { pending } of [...this.#waiting]) pending.reject(toError(pending));
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
    const [first] = this.#waiting;
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
      Math.max(first.deadline - performance.now(), 0),
    );
  }

  #rejectLate(): void {
    const now = performance.now();
    for (const { pending, deadline } of [...this.#waiting]) {
      if (deadline > now) break;
      pending.reject(new QueueFull(this.#messages, this.#bytes));
    }
  }
}
