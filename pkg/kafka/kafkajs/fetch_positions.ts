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

  /** @param start where kafkajs starts a partition: its committed position, or the end it fell back to. */
  constructor(private readonly start: (partition: TopicPartition) => bigint | undefined) {}

  /** A new assignment: every partition starts at its committed position. */
  restart(): void {
    this.#next.clear();
  }

  /** Judges records that were fetched from offset `from`. */
  judge(partition: TopicPartition, from: bigint): Verdict {
    const start = this.start(partition);
    const next = this.#next.get(keyOf(partition)) ?? start;
    // The start moves when the log no longer has the position, and kafkajs falls back to one of its ends.
    if (from === next || from === start) return { kind: 'expected' };
    if (next === undefined) return { kind: 'early' };
    return { kind: 'misplaced', offset: next };
  }

  /** What is below `next` was taken, or is to be gone over. */
  advance(partition: TopicPartition, next: bigint): void {
    this.#next.set(keyOf(partition), next);
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}/${topic}`;
}
