import type { FetchedRecord } from '../driver.js';

/** What is to be kept apart: things of one lane run one after the other, in the order in which they came. */
export interface LaneMember {
  readonly record: FetchedRecord;
  lane: Lane | undefined;
  /** The member behind it in its lane. */
  behind: LaneMember | undefined;
}

interface Lane {
  readonly id: number;
  first: LaneMember | undefined;
  last: LaneMember | undefined;
}

/** How far the order of a partition's messages is kept. */
export type Order = 'key' | 'partition' | 'none';

const WHOLE_PARTITION = -1;

/** The lanes of one partition. Only occupied ones exist. */
export class Lanes<T extends LaneMember> {
  readonly #lanes = new Map<number, Lane>();

  constructor(private readonly order: Order) {}

  /** True when the member may run now; else it waits until the one before it leaves. */
  enter(member: T): boolean {
    const id = this.#laneOf(member.record);
    if (id === undefined) return true;
    const lane = this.#lanes.get(id);
    if (lane === undefined) {
      const created: Lane = { id, first: undefined, last: undefined };
      member.lane = created;
      this.#lanes.set(id, created);
      return true;
    }
    member.lane = lane;
    if (lane.last === undefined) lane.first = member;
    else lane.last.behind = member;
    lane.last = member;
    return false;
  }

  /** The member has run. Returns the one that may run now in its place. */
  leave(member: T): T | undefined {
    const { lane } = member;
    if (lane === undefined) return undefined;
    const next = lane.first as T | undefined;
    if (next === undefined) {
      this.#lanes.delete(lane.id);
      return undefined;
    }
    lane.first = next.behind;
    if (lane.first === undefined) lane.last = undefined;
    return next;
  }

  #laneOf({ key }: FetchedRecord): number | undefined {
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
