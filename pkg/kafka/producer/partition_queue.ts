import type { TopicPartition } from '../driver.js';
import { PublishNotSent, PublishOutcomeUnknown } from '../errors.js';
import { LinkedList } from '../linked_list.js';
import type { Lane } from './lanes.js';
import type { Pending } from './pending.js';

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;

/** Why a message has no acknowledgement where no request of its partition failed. */
const UNANSWERED = 'the node that leads its partition has not answered';
const BEHIND = 'and what was sent before it neither';
const NOT_ITS_TURN = 'its turn did not come';

/** Messages that were taken from a queue to be sent together. */
export interface Batch {
  readonly items: readonly Pending[];
  /**
   * Set when it is not known whether it is stored: then nothing else may be sent to its partition, and it
   * only as it is, by this lane, whose numbers it carries.
   */
  unsure?: Lane;
}

/** How much a flush still takes. */
export interface Room {
  messages: number;
  bytes: number;
  /** Nothing is in the flush yet: one message is taken however large it is. */
  empty: boolean;
}

interface Limits {
  readonly maxBatchMessages: number;
  readonly deliveryTimeoutMs: number;
}

/**
 * The messages for one partition, in order. At most one batch of them is on its way at a time: that, and
 * sending one whose fate is unknown again just as it was, keeps them in order and each of them stored once.
 */
export class PartitionQueue implements TopicPartition {
  /** What was taken and is not settled. */
  batch: Batch | undefined;
  /** The batch is on its way. */
  inFlight = false;
  /** Whether the answer to its last request was held up. */
  slow = false;
  /** When a request of it was last answered without delay; 0 when none was. */
  quickAt = 0;
  /** Nothing is to be sent before, in milliseconds of the monotonic clock; 0 while nothing is wrong. */
  notBefore = 0;
  /** Since when messages wait without any acknowledgement; undefined while none does. */
  waitingSince: number | undefined;
  readonly #waiting = new LinkedList<Pending>();
  /** Halved when a batch is refused, until the message at fault is alone. */
  #limit: number;
  #failures = 0;
  #reason: string | undefined;

  constructor(
    readonly topic: string,
    readonly partition: number,
    private readonly limits: Limits,
  ) {
    this.#limit = limits.maxBatchMessages;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.batch === undefined;
  }

  /** A batch that may be stored, and of which nobody waits for the outcome any more. */
  get isForsaken(): boolean {
    return !this.inFlight && this.batch?.items.every(({ settled }) => settled) === true;
  }

  /** What the last request that failed ended with, until one succeeds. */
  get reason(): string | undefined {
    return this.#reason;
  }

  add(pending: Pending): void {
    this.#waiting.add(pending);
    this.waitingSince ??= performance.now();
  }

  /** The brokers have decided over some of its messages. */
  progress(now: number): void {
    this.waitingSince = this.isEmpty ? undefined : now;
    this.#reason = undefined;
  }

  /** Takes what is to be sent next; undefined when the flush has no room for it. */
  take(room: Room): Batch | undefined {
    const batch = this.batch ?? this.#takeNew(room);
    if (batch === undefined) return undefined;
    this.batch = batch;
    this.inFlight = true;
    for (const item of batch.items) {
      item.inFlush = true;
      room.messages -= 1;
      room.bytes -= item.size;
    }
    room.empty = false;
    return batch;
  }

  /** The batch is settled. */
  finish(): void {
    this.batch = undefined;
    this.#failures = 0;
    this.notBefore = 0;
    this.#limit = Math.min(this.#limit * 2, this.limits.maxBatchMessages);
  }

  /** The batch is certainly not stored: those of its messages that have no outcome wait again, in their old place. */
  putBack({ items }: Batch): void {
    this.batch = undefined;
    for (const item of items) item.inFlush = false;
    this.#waiting.addFirst(items.filter(({ settled }) => !settled));
  }

  /** Half as many messages next time. */
  halve({ items }: Batch): void {
    this.#limit = Math.ceil(items.length / 2);
  }

  /** Waits twice as long as the last time before anything is sent again. */
  backOff(now: number, reason: string): void {
    this.#reason = reason;
    this.notBefore = now + Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, MAX_BACKOFF_MS);
    this.#failures += 1;
  }

  /** Rejects everything that waits. */
  rejectWaiting(toError: (pending: Pending) => Error): void {
    for (const pending of this.#waiting) pending.reject(toError(pending));
  }

  /**
   * Rejects what is older than the delivery timeout.
   * @returns when the next one is due, in milliseconds of the monotonic clock; Infinity when nothing waits
   */
  expire(now: number): number {
    const due = ({ acceptedAt }: Pending) => acceptedAt + this.limits.deliveryTimeoutMs;
    const items = this.batch?.items ?? [];
    for (const item of items) {
      if (due(item) > now) break;
      item.reject(new PublishOutcomeUnknown(this.topic, this.#late(UNANSWERED)));
    }
    let first: Pending | undefined;
    while ((first = this.#waiting.first) !== undefined && due(first) <= now) {
      first.reject(new PublishNotSent(this.topic, this.#late(this.inFlight ? BEHIND : NOT_ITS_TURN)));
    }
    const next = items.find(({ settled }) => !settled) ?? first;
    return next === undefined ? Infinity : due(next);
  }

  /** @param otherwise why, where no request failed */
  #late(otherwise: string): string {
    return `not acknowledged within ${this.limits.deliveryTimeoutMs} ms, ${this.#reason ?? otherwise}`;
  }

  #takeNew(room: Room): Batch | undefined {
    const most = Math.min(room.messages, this.#limit);
    const items: Pending[] = [];
    let bytes = room.bytes;
    for (const pending of this.#waiting) {
      if (items.length === most) break;
      if (pending.size > bytes && !(room.empty && items.length === 0)) break;
      this.#waiting.remove(pending);
      items.push(pending);
      bytes -= pending.size;
    }
    return items.length === 0 ? undefined : { items };
  }
}
