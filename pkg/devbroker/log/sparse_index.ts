/** Apache Kafka's index.interval.bytes: the least distance of two entries, in bytes of the log. */
export const INDEX_INTERVAL_BYTES = 4096;

/** A stretch of a segment: where it begins and ends, in bytes. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Where in a segment to look for an offset or a time: one entry for each stretch of at least 4 KiB of whole
 * batches. It lives in memory only; opening a segment builds it anew.
 */
export class SparseIndex {
  private readonly offsets: number[] = [];
  private readonly starts: number[] = [];
  private readonly maxTimestamps: number[] = [];
  private end = 0;

  /** Adds the batch at the end of the segment: its first offset, latest time, place and size in bytes. */
  add(batch: { offset: bigint; maxTimestamp: bigint; position: number; size: number }): void {
    const { position, size } = batch;
    const timestamp = Number(batch.maxTimestamp);
    const last = this.starts.length - 1;
    const lastStart = this.starts[last];
    if (lastStart === undefined || position - lastStart >= INDEX_INTERVAL_BYTES) {
      this.starts.push(position);
      this.offsets.push(Number(batch.offset));
      this.maxTimestamps.push(timestamp);
    } else {
      this.maxTimestamps[last] = Math.max(this.maxTimestamps[last] ?? timestamp, timestamp);
    }
    this.end = position + size;
  }

  /** The stretch that holds `offset` when any of this segment does. */
  stretchOf(offset: bigint): Stretch {
    const wanted = Number(offset);
    let low = 0;
    let high = this.offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.offsets[middle] ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    return this.stretch(Math.max(low - 1, 0));
  }

  /** The stretches that hold a time at or after `timestamp` (milliseconds), in the order of the log. */
  *stretchesSince(timestamp: bigint): Iterable<Stretch> {
    const wanted = Number(timestamp);
    for (let i = 0; i < this.starts.length; i++) {
      if ((this.maxTimestamps[i] ?? 0) >= wanted) yield this.stretch(i);
    }
  }

  private stretch(i: number): Stretch {
    return { start: this.starts[i] ?? 0, end: this.starts[i + 1] ?? this.end };
  }
}
