/**
 * Which offsets of one partition are finished, in whatever order they finish. The answer that counts is
 * {@link committable}: everything below it is finished. Offsets are not assumed to be consecutive.
 */
export class OffsetTracker {
  /** Begun offsets from the first unfinished one on, ascending. */
  #window: { readonly offset: bigint; finished: boolean }[] = [];
  #head = 0;
  #next: bigint | undefined;

  /**
   * The offset at which a successor should start: that of the first unfinished message, else the one after
   * the last finished message; undefined before anything was begun or skipped.
   */
  get committable(): bigint | undefined {
    return this.#window[this.#head]?.offset ?? this.#next;
  }

  /** The lowest offset that may be begun next; undefined when any may. */
  get next(): bigint | undefined {
    return this.#next;
  }

  /** Begins an offset. @throws RangeError unless it is above all that were begun or skipped. */
  begin(offset: bigint): void {
    if (this.#next !== undefined && offset < this.#next) {
      throw new RangeError(`offset ${offset.toString()} was begun before`);
    }
    this.#window.push({ offset, finished: false });
    this.#next = offset + 1n;
  }

  /** Finishes an offset that was begun. @throws RangeError when it is not in progress. */
  finish(offset: bigint): void {
    const entry = this.#window[this.#indexOf(offset)];
    if (entry?.offset !== offset || entry.finished) {
      throw new RangeError(`offset ${offset.toString()} is not in progress`);
    }
    entry.finished = true;
    while (this.#window[this.#head]?.finished === true) this.#head += 1;
    this.#compact();
  }

  /** Nothing below `next` is left to begin: control records and gaps at the end of a batch. */
  skipTo(next: bigint): void {
    if (this.#next === undefined || next > this.#next) this.#next = next;
  }

  /** Forgets everything from the first unfinished offset on, to begin there again. */
  rewind(): void {
    const first = this.#window[this.#head];
    if (first !== undefined) this.#next = first.offset;
    this.#window = [];
    this.#head = 0;
  }

  /** Forgets everything: the partition was made anew and counts from the start. */
  reset(): void {
    this.#window = [];
    this.#head = 0;
    this.#next = undefined;
  }

  #indexOf(offset: bigint): number {
    let low = this.#head;
    let high = this.#window.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const candidate = this.#window[middle];
      if (candidate !== undefined && candidate.offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compact(): void {
    if (this.#head === this.#window.length) {
      this.#window = [];
      this.#head = 0;
    } else if (this.#head > 1_024) {
      this.#window = this.#window.slice(this.#head);
      this.#head = 0;
    }
  }
}
