import type { TopicPartition } from '../driver.js';

/** What to do with records that were fetched from some offset. */
type Verdict =
  | { readonly kind: 'expected' }
  /** They belong to an earlier assignment; fetching must go back (or on) to `offset`. */
  | { readonly kind: 'misplaced'; readonly offset: bigint }
  /** They belong to an earlier assignment, and where this one starts is not known yet. */
  | { readonly kind: 'early' };

/**
 * Where each partition of the assignment is to be read next. kafkajs may hand over what it fetched before a
 * rebalance after it, when one of its fetchers joins anew while another still has batches in its queue;
 * taking those would skip whatever was handed back by the rebalance.
 */
export class FetchPositions {
  readonly #next = new Map<string, bigint>();
  readonly #sought = new Set<string>();

  /** @param start where kafkajs starts a partition: its committed position, or the end it fell back to. */
  constructor(private readonly start: (partition: TopicPartition) => bigint | undefined) {}

  /** A new assignment: every partition starts at its committed position. */
  restart(): void {
    this.#next.clear();
    this.#sought.clear();
  }

  /** Judges records that were fetched from offset `from`. */
  judge(partition: TopicPartition, from: bigint): Verdict {
    const key = keyOf(partition);
    const start = this.start(partition);
    const next = this.#next.get(key) ?? start;
    // The start moves when the log no longer has the position, and kafkajs falls back to one of its ends.
    if (from === next || from === start) return { kind: 'expected' };
    if (next === undefined) return { kind: 'early' };
    this.#sought.add(key);
    return { kind: 'misplaced', offset: next };
  }

  /** The records below `next` were taken. */
  advance(partition: TopicPartition, next: bigint): void {
    const key = keyOf(partition);
    this.#next.set(key, next);
    this.#sought.delete(key);
  }

  /**
   * kafkajs went over records that are none, from offset `first` on. True when that was the next position:
   * then it counts. Of a gap before `first` it is not known whether it was skipped by mistake; it counts
   * only when it was read again after a {@link judge} of `misplaced`.
   */
  skip(partition: TopicPartition, first: bigint, next: bigint): boolean {
    const key = keyOf(partition);
    const expected = this.#next.get(key) ?? this.start(partition);
    if (first !== expected && !this.#sought.has(key)) return false;
    this.advance(partition, next);
    return true;
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
