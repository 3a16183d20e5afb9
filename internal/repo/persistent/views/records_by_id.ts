import { type Page, type PageRequest } from '../../contracts.js';

/** Records in memory by id, which can also be listed in the order of their ids. */
export class RecordsById<T> {
  private readonly records = new Map<string, T>();
  /** Every id there was at the last listing, sorted; some may be `gone` since. */
  private sorted: string[] = [];
  private readonly added = new Set<string>();
  /** Those of `sorted` whose records are removed. */
  private readonly gone = new Set<string>();

  get(id: string): T | undefined {
    return this.records.get(id);
  }

  /** Undefined removes the record. */
  set(id: string, record: T | undefined): void {
    if (record === undefined) {
      if (this.records.delete(id) && !this.added.delete(id)) this.gone.add(id);
      return;
    }
    if (!this.records.has(id) && !this.gone.delete(id)) this.added.add(id);
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

  /**
   * All ids in order. A listing may follow on every new record, so that little is done anew: new ids are put between
   * those that are sorted, and removed ones are cleared away when they are half of all.
   */
  private ids(): readonly string[] {
    if (this.gone.size > this.sorted.length / 2) {
      this.sorted = this.sorted.filter((id) => !this.gone.has(id));
      this.gone.clear();
    }
    insert(this.sorted, [...this.added].sort());
    this.added.clear();
    return this.sorted;
  }
}

/** Puts sorted ids between sorted ids: their places are searched for, from the last on, and what follows moves up. */
function insert(ids: string[], added: readonly string[]): void {
  let end = ids.length;
  for (const id of added) ids.push(id);
  for (let left = added.length; left > 0; left -= 1) {
    const id = added[left - 1] ?? '';
    const at = firstAbove(ids, id, end);
    for (let index = end - 1; index >= at; index -= 1) ids[index + left] = ids[index] ?? '';
    ids[at + left - 1] = id;
    end = at;
  }
}

/** The index of the first id before `end` that sorts after the given one; else `end`. */
function firstAbove(ids: readonly string[], id: string, end = ids.length): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? '') > id) high = middle;
    else low = middle + 1;
  }
  return low;
}
