import type { FetchedBatch, ReadRecord } from '../driver.js';
import { detached } from './detached.js';
import type { OffsetSpan } from './offset_tracker.js';

/** The records of one fetched batch that were not begun yet. */
export class Chunk {
  #begun = 0;
  /** Copies of what was left when the batch went back to the client. */
  #copies: ReadRecord[] | undefined;
  #copiedAt = 0;
  #batch: Pick<FetchedBatch, 'recordAt'> | undefined;
  readonly #size: number;

  constructor(
    batch: Pick<FetchedBatch, 'offsets' | 'recordAt'>,
    readonly span: OffsetSpan,
  ) {
    this.#batch = batch;
    this.#size = batch.offsets.length;
  }

  /** True when every record was begun. */
  get exhausted(): boolean {
    return this.#begun === this.#size;
  }

  /** The next record. */
  peek(): ReadRecord {
    const record = this.#copies?.[this.#begun - this.#copiedAt] ?? this.#batch?.recordAt(this.#begun);
    if (record === undefined) throw new RangeError(`record ${this.#begun} was begun already`);
    return record;
  }

  /** Begins it. Returns its place in the batch. */
  begin(): number {
    this.#begun += 1;
    return this.#begun - 1;
  }

  /** Keeps copies of what was not begun, which pin nothing of the response in which the batch came. */
  detach(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#copiedAt = this.#begun;
    this.#copies = [];
    for (let index = this.#begun; index < this.#size; index += 1) {
      this.#copies.push(detached(batch.recordAt(index)));
    }
    this.#batch = undefined;
  }
}
