import { expect } from 'chai';
import fc from 'fast-check';
import { balance, type GroupMember } from '../../../../pkg/kafka/consumer/balance.js';

const TOPICS = ['a', 'b', 'c'];
const group = fc.record({
  members: fc.uniqueArray(
    fc.record({
      memberId: fc.string({ minLength: 1, maxLength: 4 }),
      topics: fc.subarray(TOPICS),
      owned: fc.array(
        fc.record({ topic: fc.constantFrom(...TOPICS), partition: fc.integer({ min: 0, max: 12 }) }),
      ),
    }),
    { selector: ({ memberId }) => memberId, maxLength: 6 },
  ),
  counts: fc.tuple(...TOPICS.map(() => fc.integer({ min: 0, max: 10 }))),
});
interface Group {
  members: GroupMember[];
  counts: number[];
}

const partitionsOf = (counts: readonly number[]) =>
  new Map(TOPICS.map((topic, i) => [topic, Array.from({ length: counts[i] ?? 0 }, (_, id) => id)]));

describe('balance', () => {
  it('gives each partition of a subscribed topic to exactly one of its subscribers, and no other', () => {
    fc.assert(
      fc.property(group, ({ members, counts }: Group) => {
        const partitions = partitionsOf(counts);
        const assigned = balance(members, partitions);
        expect([...assigned.keys()].sort()).to.deep.equal(members.map(({ memberId }) => memberId).sort());
        for (const topic of TOPICS) {
          const holders = members.flatMap(({ memberId, topics }) =>
            (assigned.get(memberId) ?? [])
              .filter((place) => place.topic === topic)
              .map(({ partition }) => ({ partition, subscribed: topics.includes(topic) })),
          );
          expect(holders.every(({ subscribed }) => subscribed)).to.equal(true);
          const anySubscriber = members.some(({ topics }) => topics.includes(topic));
          const expected = anySubscriber ? (partitions.get(topic) ?? []) : [];
          expect(holders.map(({ partition }) => partition).sort((x, y) => x - y)).to.deep.equal(expected);
        }
      }),
    );
  });

  it('shares each topic out evenly: subscribers differ by one partition at most', () => {
    fc.assert(
      fc.property(group, ({ members, counts }: Group) => {
        const assigned = balance(members, partitionsOf(counts));
        for (const topic of TOPICS) {
          const shares = members
            .filter(({ topics }) => topics.includes(topic))
            .map(
              ({ memberId }) =>
                (assigned.get(memberId) ?? []).filter((place) => place.topic === topic).length,
            );
          if (shares.length > 0) expect(Math.max(...shares) - Math.min(...shares)).to.be.at.most(1);
        }
      }),
    );
  });

  it('keeps everything in place when nothing has changed', () => {
    fc.assert(
      fc.property(group, ({ members, counts }: Group) => {
        const partitions = partitionsOf(counts);
        const first = balance(members, partitions);
        const again = members.map((member) => ({ ...member, owned: first.get(member.memberId) ?? [] }));
        expect(sorted(balance(again.reverse(), partitions))).to.deep.equal(sorted(first));
      }),
    );
  });

  it('a member that leaves does not move the partitions of those that stay', () => {
    const members = ['m1', 'm2', 'm3'].map((memberId) => ({ memberId, topics: ['a'], owned: [] }));
    const partitions = partitionsOf([9, 0, 0]);
    const before = balance(members, partitions);
    const staying = members
      .slice(0, 2)
      .map((member) => ({ ...member, owned: before.get(member.memberId) ?? [] }));
    const after = balance(staying, partitions);
    for (const { memberId, owned } of staying) expect(after.get(memberId)).to.include.deep.members(owned);
  });

  function sorted(assignment: ReturnType<typeof balance>) {
    return [...assignment]
      .map(([memberId, places]) => [
        memberId,
        places.map(({ topic, partition }) => `${topic}/${partition}`).sort(),
      ])
      .sort();
  }
});
