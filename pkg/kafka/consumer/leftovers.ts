import type { TopicPartition } from '../driver.js';
import { longTimeout } from '../long_timeout.js';
import type { Attempt } from './attempt.js';

interface Entry {
  readonly attempts: Set<Attempt>;
  readonly waiting: (() => void)[];
  /** Call off what would count them as ended. */
  readonly timers: (() => void)[];
}

/**
 * Handlers that were given up with their assignment and have not ended. A partition that comes back to this
 * member waits for its own: else a message could be handled twice at the same time in one process. A
 * handler counts as ended at its time limit at the latest.
 */
export class Leftovers {
  readonly #byPartition = new Map<string, Entry>();
  #idle: (() => void)[] = [];

  /** The handlers run on. */
  add(attempts: readonly Attempt[]): void {
    for (const attempt of attempts) {
      const entry = this.#entryOf(attempt.task.work);
      entry.attempts.add(attempt);
      const end = () => {
        this.ended(attempt);
      };
      entry.timers.push(longTimeout(end, attempt.deadline - performance.now(), { unref: true }));
    }
  }

  /** The handler has ended. */
  ended(attempt: Attempt): void {
    const key = keyOf(attempt.task.work);
    const entry = this.#byPartition.get(key);
    if (entry?.attempts.delete(attempt) !== true || entry.attempts.size > 0) return;
    this.#byPartition.delete(key);
    for (const callOff of entry.timers) callOff();
    for (const call of entry.waiting) call();
    if (this.#byPartition.size > 0) return;
    for (const call of this.#idle.splice(0)) call();
  }

  /** False when nothing of the partition runs; else calls back once, when that has ended. */
  await(partition: TopicPartition, call: () => void): boolean {
    const entry = this.#byPartition.get(keyOf(partition));
    entry?.waiting.push(call);
    return entry !== undefined;
  }

  /** Resolves when all have ended. */
  async whenIdle(): Promise<void> {
    if (this.#byPartition.size === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #entryOf(partition: TopicPartition): Entry {
    const key = keyOf(partition);
    const entry = this.#byPartition.get(key) ?? { attempts: new Set(), waiting: [], timers: [] };
    this.#byPartition.set(key, entry);
    return entry;
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
