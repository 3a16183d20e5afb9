import type { Offsets } from '../driver.js';

/** Records of one partition that were taken together. */
export interface OffsetBatch {
  readonly offsets: Offsets;
  /** Where the next batch starts: above the last record, and above what follows it and is none. */
  readonly nextOffset: bigint;
}

/** Which records of a batch are finished. */
export class OffsetSpan {
  readonly #finished: Uint8Array;
  /** Index of the first unfinished record. */
  #head = 0;

  constructor(private offsets: Offsets) {
    this.#finished = new Uint8Array(offsets.length);
  }

  /** True when every record is finished. */
  get done(): boolean {
    return this.#head === this.offsets.length;
  }

  /** The offset of the first unfinished record; undefined when there is none. */
  get firstUnfinished(): bigint | undefined {
    const offset = this.offsets.at(this.#head);
    return offset === undefined ? undefined : BigInt(offset);
  }

  /** Copies the offsets that are still needed: those that came with a fetch pin its response. */
  detach(): void {
    const from = this.#head;
    const { length } = this.offsets;
    const left = Array.from({ length: length - from }, (_, i) => this.offsets.at(from + i));
    this.offsets = { length, at: (index) => left[index - from] };
  }

  /** @throws RangeError when the record is finished already, or is none of the span. */
  finish(index: number): void {
    if (this.#finished[index] !== 0) throw new RangeError(`record ${index} is not in progress`);
    this.#finished[index] = 1;
    if (index !== this.#head) return;
    do this.#head += 1;
    while (this.#finished[this.#head] === 1);
  }
}

/**
 * Which offsets of one partition are finished, in whatever order they finish. The answer that counts is
 * {@link committable}: everything below it is finished. Offsets are not assumed to be consecutive, so they
 * are counted by their place in the span in which they were read.
 */
export class OffsetTracker {
  /** The spans from the first with an unfinished record on, ascending. */
  readonly #spans: OffsetSpan[] = [];
  #next: bigint | undefined;

  /**
   * The offset at which a successor should start: that of the first unfinished record, else the one after
   * everything that was begun or skipped; undefined before that.
   */
  get committable(): bigint | undefined {
    return this.#spans[0]?.firstUnfinished ?? this.#next;
  }

  /** The lowest offset that may be begun next; undefined when any may. */
  get next(): bigint | undefined {
    return this.#next;
  }

  /**
   * Begins a batch of records.
   * @throws RangeError unless all are above everything that was begun or skipped.
   */
  begin({ offsets, nextOffset }: OffsetBatch): OffsetSpan {
    const first = offsets.at(0);
    if (first !== undefined && this.#next !== undefined && BigInt(first) < this.#next) {
      throw new RangeError(`offset ${first} was begun before`);
    }
    const span = new OffsetSpan(offsets);
    if (!span.done) this.#spans.push(span);
    this.#next = nextOffset;
    return span;
  }

  /** Finishes a record that was begun here. @throws RangeError when it is finished already. */
  finish(span: OffsetSpan, index: number): void {
    span.finish(index);
    while (this.#spans[0]?.done === true) this.#spans.shift();
  }

  /** Nothing below `next` is left to begin. */
  skipTo(next: bigint): void {
    if (this.#next === undefined || next > this.#next) this.#next = next;
  }
}
