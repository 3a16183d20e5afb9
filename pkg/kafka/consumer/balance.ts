import type { TopicPartition } from '../driver.js';

/** A member of a group as its leader sees it. `owned` is what it had before, and would like to keep. */
export interface GroupMember {
  readonly memberId: string;
  readonly topics: readonly string[];
  readonly owned: readonly TopicPartition[];
}

interface Share {
  readonly member: GroupMember;
  readonly assigned: TopicPartition[];
}

/**
 * Gives every partition of every topic to exactly one subscriber of the topic. Per topic the shares differ
 * by one at most; members keep what they had as far as that allows; the odd ones go to those with the
 * least in total. The same input gives the same answer.
 *
 * @param partitions partition ids by topic; a topic without a subscriber stays unassigned.
 */
export function balance(
  members: readonly GroupMember[],
  partitions: ReadonlyMap<string, readonly number[]>,
): Map<string, TopicPartition[]> {
  const sorted = [...members].sort((a, b) => compare(a.memberId, b.memberId));
  const shares = sorted.map((member): Share => ({ member, assigned: [] }));
  for (const topic of [...partitions.keys()].sort(compare)) {
    const subscribers = shares.filter(({ member }) => member.topics.includes(topic));
    if (subscribers.length > 0) shareOut(topic, [...(partitions.get(topic) ?? [])], subscribers);
  }
  return new Map(shares.map(({ member, assigned }) => [member.memberId, assigned]));
}

function shareOut(topic: string, ids: number[], subscribers: readonly Share[]): void {
  const quota = Math.floor(ids.length / subscribers.length);
  let extras = ids.length % subscribers.length;
  const free = new Set(ids.sort((a, b) => a - b));
  const counts = new Map<Share, number>(subscribers.map((share) => [share, 0]));
  const give = (share: Share, partition: number) => {
    free.delete(partition);
    share.assigned.push({ topic, partition });
    counts.set(share, (counts.get(share) ?? 0) + 1);
  };

  for (const share of subscribers) {
    for (const { topic: ownedTopic, partition } of share.member.owned) {
      if (ownedTopic !== topic || !free.has(partition)) continue;
      const count = counts.get(share) ?? 0;
      if (count > quota || (count === quota && extras === 0)) break;
      if (count === quota) extras -= 1;
      give(share, partition);
    }
  }
  for (const partition of free) {
    const open = subscribers.filter((share) => {
      const count = counts.get(share) ?? 0;
      return count < quota || (count === quota && extras > 0);
    });
    const [least] = open.sort(
      (a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || a.assigned.length - b.assigned.length,
    );
    if (least === undefined) throw new Error(`partition ${partition} of topic ${topic} has no place left`);
    if ((counts.get(least) ?? 0) === quota) extras -= 1;
    give(least, partition);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
