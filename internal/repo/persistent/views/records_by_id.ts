import { type Page, type PageRequest } from '../../contracts.js';

/** Records in memory by id, which can also be listed in the order of their ids. */
export class RecordsById<T> {
  private readonly records = new Map<string, T>();
  /** Sorted as of the last listing: may lack what is in `added`, and hold what is no longer there. */
  private sorted: string[] = [];
  private added: string[] = [];

  get(id: string): T | undefined {
    return this.records.get(id);
  }

  /** Undefined removes the record. */
  set(id: string, record: T | undefined): void {
    if (record === undefined) {
      this.records.delete(id);
      return;
    }
    if (!this.records.has(id)) this.added.push(id);
    this.records.set(id, record);
  }

  page({ limit, after }: PageRequest): Page<T> {
    const ids = this.ids();
    const start = after === undefined ? 0 : firstAbove(ids, after);
    const found: [string, T][] = [];
    // One more than asked for tells whether there is a next page.
    for (let index = start; index < ids.length && found.length <= limit; index += 1) {
      const id = ids[index] ?? '';
      const record = this.records.get(id);
      if (record !== undefined) found.push([id, record]);
    }
    const page = found.slice(0, limit);
    return {
      items: page.map(([, record]) => record),
      ...(found.length > limit ? { next: page.at(-1)?.[0] } : {}),
    };
  }

  /** Sorting what is sorted but for its end takes little more than one pass over it. */
  private ids(): readonly string[] {
    if (this.added.length > 0) {
      this.sorted = [...this.sorted, ...this.added.sort()]
        .sort()
        .filter((id, index, ids) => id !== ids[index - 1] && this.records.has(id));
      this.added = [];
    }
    return this.sorted;
  }
}

/** The index of the first id that sorts after the given one. */
function firstAbove(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? '') > id) high = middle;
    else low = middle + 1;
  }
  return low;
}
