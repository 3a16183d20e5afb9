import type { FetchedRecord } from '../driver.js';
import type { OffsetSpan } from './offset_tracker.js';
import type { PartitionWork } from './partition_work.js';
import { detached, sizeOf, Task } from './task.js';

/** The records of one fetched batch while they are worked on. */
export class Chunk {
  readonly #records: FetchedRecord[];
  #begun = 0;
  #carried = false;

  constructor(
    records: readonly FetchedRecord[],
    readonly span: OffsetSpan,
  ) {
    this.#records = [...records];
  }

  /** True when every record was begun. */
  get exhausted(): boolean {
    return this.#begun === this.#records.length;
  }

  recordAt(index: number): FetchedRecord {
    const record = this.#records[index];
    if (record === undefined) throw new RangeError(`the chunk has no record ${index}`);
    return record;
  }

  /** The next record that was not begun. */
  peek(): FetchedRecord {
    return this.recordAt(this.#begun);
  }

  /** Begins it. */
  begin(work: PartitionWork): Task {
    const task = new Task(work, this, this.#begun);
    this.#begun += 1;
    return task;
  }

  /**
   * The batch goes back to the client while its work goes on: copies what is unfinished, so that it does
   * not pin the whole response. Returns how many bytes that are; 0 when it was done before.
   */
  carry(): number {
    if (this.#carried) return 0;
    this.#carried = true;
    let bytes = 0;
    for (const [index, record] of this.#records.entries()) {
      if (this.span.isFinished(index)) continue;
      this.#records[index] = detached(record);
      bytes += sizeOf(record);
    }
    return bytes;
  }

  /** The bytes that {@link carry} counted for a record; 0 when it was not carried. */
  carriedBytes(index: number): number {
    return this.#carried ? sizeOf(this.recordAt(index)) : 0;
  }
}
