/** Something that runs after those before it in its lane, and before those behind it. */
export interface LaneMember<T> {
  /** The lane; undefined when it is in none. */
  lane: number | undefined;
  /** The next member of the lane. */
  behind: T | undefined;
  /** The last member of the lane; known to its first. */
  last: T | undefined;
  /** The first member of another lane in the same bucket. */
  neighbour: T | undefined;
}

/** How far the order of a partition's messages is kept. */
export type Order = 'key' | 'partition' | 'none';

const WHOLE_PARTITION = 0;
const BUCKETS = 256;

/**
 * The lanes of one partition: members of one lane run one after the other. A hash table whose entries are
 * the members themselves, since every message goes through it and should leave no garbage.
 */
export class Lanes<T extends LaneMember<T>> {
  readonly #buckets: (T | undefined)[];

  constructor(private readonly order: Order) {
    this.#buckets = new Array<T | undefined>(order === 'key' ? BUCKETS : 1).fill(undefined);
  }

  /** Puts a member into the lane of its key. True when it may run now; else it waits for those before it. */
  enter(member: T, key: Buffer | null): boolean {
    const lane = this.#laneOf(key);
    if (lane === undefined) return true;
    member.lane = lane;
    const bucket = lane % this.#buckets.length;
    const first = this.#find(bucket, lane);
    if (first === undefined) {
      member.last = member;
      member.neighbour = this.#buckets[bucket];
      this.#buckets[bucket] = member;
      return true;
    }
    if (first.last !== undefined) first.last.behind = member;
    first.last = member;
    return false;
  }

  /** The first member of a lane has run. Returns the one that may run now in its place. */
  leave(member: T): T | undefined {
    const { lane, behind } = member;
    if (lane === undefined) return undefined;
    if (behind !== undefined) {
      behind.last = member.last;
      behind.neighbour = member.neighbour;
    }
    this.#replace(member, lane % this.#buckets.length, behind ?? member.neighbour);
    member.behind = undefined;
    member.neighbour = undefined;
    member.last = undefined;
    return behind;
  }

  #find(bucket: number, lane: number): T | undefined {
    let first = this.#buckets[bucket];
    while (first !== undefined && first.lane !== lane) first = first.neighbour;
    return first;
  }

  #replace(member: T, bucket: number, by: T | undefined): void {
    let before = this.#buckets[bucket];
    if (before === member) {
      this.#buckets[bucket] = by;
      return;
    }
    while (before?.neighbour !== member) before = before?.neighbour;
    before.neighbour = by;
  }

  #laneOf(key: Buffer | null): number | undefined {
    switch (this.order) {
      case 'none':
        return undefined;
      case 'partition':
        return WHOLE_PARTITION;
      case 'key':
        return key === null ? undefined : hash(key);
    }
  }
}

/**
 * FNV-1a in 30 bits, which fit into a small integer. Two keys with the same hash share a lane, which costs
 * them time and nothing else.
 */
function hash(bytes: Buffer): number {
  let value = 0x811c9dc5;
  // Several times as fast as an iterator, for every message.
  // eslint-disable-next-line @typescript-eslint/prefer-for-of
  for (let i = 0; i < bytes.length; i += 1) value = Math.imul(value ^ (bytes[i] ?? 0), 0x01000193);
  return value & 0x3fffffff;
}
