import type { FetchedChunk, StoredBatch } from '../driver.js';

/**
 * The batches of a fetch whose records count: not the markers of transactions and, at `committed`, nothing
 * of aborted ones. Which these are is known from the list that comes with the fetch: a producer's records
 * are aborted from the first offset of an aborted transaction up to its marker. Several transactions may
 * begin before one batch, and a reading may begin in their midst.
 */
export class CommittedFilter {
  readonly #aborted: FetchedChunk['aborted'][number][];
  readonly #abortedProducers = new Set<bigint>();

  /** @param aborted the list of the fetch; empty where uncommitted records count as well */
  constructor(aborted: FetchedChunk['aborted']) {
    this.#aborted = [...aborted].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  }

  /** To be asked for every batch, in their order. */
  counts(batch: StoredBatch): boolean {
    let next = this.#aborted[0];
    while (next !== undefined && next.firstOffset <= batch.lastOffset) {
      this.#abortedProducers.add(next.producerId);
      this.#aborted.shift();
      next = this.#aborted[0];
    }
    if (batch.control) {
      if (batch.aborts) this.#abortedProducers.delete(batch.producerId);
      return false;
    }
    return !batch.transactional || !this.#abortedProducers.has(batch.producerId);
  }
}
