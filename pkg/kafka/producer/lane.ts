import { setImmediate } from 'node:timers/promises';
import { StickyPartitions } from '../partitioner.js';
import { PublishNotSent } from '../errors.js';
import type { Delivery } from './delivery.js';
import type { Pending, PendingPartition } from './pending.js';

interface Limits {
  readonly maxBatchMessages: number;
  readonly maxBatchBytes: number;
  readonly deliveryTimeoutMs: number;
}

/**
 * Sends when idle: while a flush is on its way messages gather, and the next flush takes what has
 * gathered. One flush is in flight at a time, which is what keeps the order and the idempotence of the
 * client intact.
 */
export class Lane {
  #queue: Pending[] = [];
  #running = false;
  readonly #sticky = new StickyPartitions();

  constructor(
    private readonly delivery: Delivery,
    private readonly limits: Limits,
  ) {}

  /** Takes a message; its promise is settled by a flush. */
  enqueue(pending: Pending): void {
    this.#queue.push(pending);
    if (!this.#running) void this.#run();
  }

  /** Rejects everything that waits for a flush. */
  rejectWaiting(why: string): void {
    const waiting = this.#queue;
    this.#queue = [];
    for (const pending of waiting) pending.reject(new PublishNotSent(pending.topic, why));
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#queue.length > 0) {
      // Everything that is sent in this turn of the event loop goes into the flush.
      await setImmediate();
      this.#rejectExpired();
      const flush = this.#take();
      if (flush.length > 0) await this.delivery.deliver(flush);
    }
    this.#running = false;
  }

  #rejectExpired(): void {
    const oldest = Date.now() - this.limits.deliveryTimeoutMs;
    const firstFresh = this.#queue.findIndex(({ acceptedAt }) => acceptedAt >= oldest);
    if (firstFresh === 0) return;
    for (const pending of this.#queue.splice(0, firstFresh === -1 ? this.#queue.length : firstFresh)) {
      pending.reject(
        new PublishNotSent(pending.topic, `it waited for more than ${this.limits.deliveryTimeoutMs} ms`),
      );
    }
  }

  #take(): PendingPartition[] {
    let count = 0;
    let bytes = 0;
    for (const { size } of this.#queue) {
      if (count === this.limits.maxBatchMessages) break;
      if (count > 0 && bytes + size > this.limits.maxBatchBytes) break;
      count += 1;
      bytes += size;
    }
    return this.#byPartition(this.#queue.splice(0, count));
  }

  #byPartition(messages: readonly Pending[]): PendingPartition[] {
    this.#sticky.restart();
    const parts = new Map<string, { topic: string; partition: number; items: Pending[] }>();
    for (const message of messages) {
      const { topic } = message;
      const partition = message.partition ?? this.#sticky.choose(topic, message.partitions);
      const key = `${partition}/${topic}`;
      const part = parts.get(key);
      if (part === undefined) parts.set(key, { topic, partition, items: [message] });
      else part.items.push(message);
    }
    return [...parts.values()];
  }
}
