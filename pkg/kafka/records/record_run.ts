import type { ReadRecord, Offsets } from '../driver.js';
import type { UnpackedBatch } from './unpacked_batch.js';

/** About the bytes that a message takes in memory beside its own. */
const OVERHEAD = 100;

/** The records of consecutive batches of one partition, in the order of their offsets. */
export class RecordRun implements Offsets {
  /** Records before it are left out. */
  readonly #first: number;
  readonly length: number;
  /** About the bytes that the records take in memory. */
  readonly bytes: number;
  /** The batch in which the last record was found, where most of the time the next one is too. */
  #current = 0;
  /** The number of records before that batch. */
  #before = 0;

  /** @param from records below this offset are left out */
  constructor(
    private readonly batches: readonly UnpackedBatch[],
    from: bigint,
  ) {
    let count = 0;
    let left = 0;
    let bytes = 0;
    for (const batch of batches) {
      if (left === count) left += batch.countBelow(from);
      count += batch.length;
      bytes += batch.bytes;
    }
    this.#first = left;
    this.length = count - left;
    this.bytes = (bytes * this.length) / Math.max(count, 1) + this.length * OVERHEAD;
  }

  /** The offset of a record, decimal text; undefined where there is none. */
  at(index: number): string | undefined {
    if (index >= this.length) return undefined;
    const place = this.#placeOf(index);
    return this.batches[this.#current]?.offsetAt(place);
  }

  /** Makes a record, whose buffers share memory with its batch. @throws RangeError where there is none */
  recordAt(index: number): ReadRecord {
    const place = this.#placeOf(index);
    const record = this.batches[this.#current]?.recordAt(place);
    if (record === undefined) throw new RangeError(`there is no record ${index}`);
    return record;
  }

  /** Makes the batch of the record the current one; returns its place there. */
  #placeOf(index: number): number {
    const place = index + this.#first;
    while (place < this.#before) {
      this.#current -= 1;
      this.#before -= this.batches[this.#current]?.length ?? this.#before;
    }
    for (let batch = this.batches[this.#current]; batch !== undefined; batch = this.batches[this.#current]) {
      if (place < this.#before + batch.length) break;
      this.#before += batch.length;
      this.#current += 1;
    }
    return place - this.#before;
  }
}
