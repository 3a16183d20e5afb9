import { onAbort } from '../async.js';
import type { DriverRecord } from '../driver.js';
import { PublishNotSent } from '../errors.js';
import type { Linked, LinkedList } from '../linked_list.js';
import type { PublishReceipt } from '../message.js';

/** What a {@link Pending} is made of. */
export interface PendingParts {
  readonly topic: string;
  /** As the caller wants it; undefined leaves it to the key, or to the producer. */
  readonly partition: number | undefined;
  readonly record: DriverRecord;
  /** Bytes of key, value and headers. */
  readonly size: number;
  readonly signal: AbortSignal | undefined;
  /** Called whenever a request did not get it stored for certain, and it will be in another. */
  readonly onRetry: ((reason: Error) => void) | undefined;
  readonly resolve: (receipt: PublishReceipt) => void;
  readonly reject: (error: Error) => void;
  /** Called once, when the outcome is known. */
  readonly onSettled: (pending: Pending) => void;
}

/** A message on its way, from the call that brought it to its outcome. */
export class Pending implements Linked<Pending> {
  readonly topic: string;
  readonly partition: number | undefined;
  readonly record: DriverRecord;
  readonly size: number;
  /** Where it waits, and beside it: for its place in the buffer, for its topic, or for its request. */
  list: LinkedList<Pending> | undefined;
  previous: Pending | undefined;
  next: Pending | undefined;
  /** When it came to the buffer, in milliseconds of the monotonic clock. */
  cameAt = 0;
  /** Whether it got its place in the buffer, and when, in milliseconds of the monotonic clock. */
  placed = false;
  acceptedAt = 0;
  #settled = false;
  #inFlush = false;
  readonly #parts: PendingParts;
  readonly #callOff: (() => void) | undefined;

  constructor(parts: PendingParts) {
    this.#parts = parts;
    this.topic = parts.topic;
    this.partition = parts.partition;
    this.record = parts.record;
    this.size = parts.size;
    this.#callOff = parts.signal && onAbort(parts.signal, this.#onAbort);
  }

  /** True when its promise has an outcome: it must not be sent any more. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Whether it is in a flush, where aborting it has no effect. */
  set inFlush(inFlush: boolean) {
    this.#inFlush = inFlush;
    if (!inFlush && this.#parts.signal?.aborted === true) this.#onAbort();
  }

  /** It is tried again. */
  delayed(reason: Error): void {
    if (!this.#settled) this.#parts.onRetry?.(reason);
  }

  /** Stored; its place is known. Later outcomes are ignored. */
  resolve(receipt: PublishReceipt): void {
    if (this.#settle()) this.#parts.resolve(receipt);
  }

  /** Failed. Later outcomes are ignored. */
  reject(error: Error): void {
    if (this.#settle()) this.#parts.reject(error);
  }

  readonly #onAbort = (): void => {
    if (this.#inFlush) return;
    this.reject(new PublishNotSent(this.topic, 'the caller aborted it', this.#parts.signal?.reason));
  };

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#callOff?.();
    // At once: what waits before it may do so for ever, and it takes up memory though its room is free again.
    this.list?.remove(this);
    this.#parts.onSettled(this);
    return true;
  }
}
