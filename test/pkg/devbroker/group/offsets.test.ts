import { expect } from 'chai';
import fc from 'fast-check';
import {
  CommittedOffsets,
  type OffsetsRecord,
  type OffsetsStore,
  type OffsetToCommit,
} from '../../../../pkg/devbroker/group/offsets.js';
import { VirtualClock } from './virtual_clock.js';

/** Keeps every record, as a log would, and fails on demand. */
class RecordingStore implements OffsetsStore {
  readonly records: OffsetsRecord[] = [];
  full = false;

  load(): Iterable<OffsetsRecord> {
    return this.records;
  }

  append(record: OffsetsRecord): void {
    if (this.full) throw new Error('disk full');
    this.records.push(record);
  }
}

function at(topic: string, partition: number, offset: bigint): OffsetToCommit {
  return { topic, partition, offset, leaderEpoch: 3, metadata: 'note' };
}

describe('committed offsets', () => {
  it('remembers the last commit of each partition, with its time', async () => {
    const clock = new VirtualClock(1_000);
    const offsets = new CommittedOffsets(undefined, clock);
    offsets.commit('group', [at('a', 0, 5n), at('a', 1, 6n)]);
    await clock.advance(10);
    offsets.commit('group', [at('a', 0, 2n)]);
    expect(offsets.fetch('group', { topic: 'a', partition: 0 })).to.deep.equal({
      topic: 'a',
      partition: 0,
      offset: 2n,
      leaderEpoch: 3,
      metadata: 'note',
      commitTimestamp: 1_010,
    });
    expect(offsets.fetch('group', { topic: 'a', partition: 1 })).to.deep.include({ commitTimestamp: 1_000 });
    expect(offsets.fetch('group', { topic: 'a', partition: 2 })).to.equal(undefined);
    expect(offsets.fetch('other', { topic: 'a', partition: 0 })).to.equal(undefined);
  });

  it('lists everything of one group and the groups that have offsets', () => {
    const offsets = new CommittedOffsets();
    offsets.commit('group', [at('b', 0, 1n), at('a', 0, 2n), at('b', 1, 3n)]);
    offsets.commit('other', [at('a', 0, 4n)]);
    expect(offsets.fetchAll('group').map(({ offset }) => offset)).to.have.members([1n, 2n, 3n]);
    expect(offsets.fetchAll('unknown')).to.deep.equal([]);
    expect(offsets.groups()).to.deep.equal(['group', 'other']);
    expect([offsets.hasGroup('group'), offsets.hasGroup('unknown')]).to.deep.equal([true, false]);
  });

  it('forgets a deleted topic in every group and a deleted group altogether', () => {
    const offsets = new CommittedOffsets();
    offsets.commit('group', [at('a', 0, 1n), at('b', 0, 2n)]);
    offsets.commit('other', [at('a', 0, 3n), at('a', 1, 3n)]);
    offsets.deleteTopic('a');
    expect(offsets.fetchAll('group').map(({ topic }) => topic)).to.deep.equal(['b']);
    expect(offsets.groups()).to.deep.equal(['group']);
    offsets.deleteGroup('group');
    expect(offsets.groups()).to.deep.equal([]);
  });

  it('forgets single partitions', () => {
    const offsets = new CommittedOffsets();
    offsets.commit('group', [at('a', 0, 1n), at('a', 1, 2n)]);
    offsets.forget('group', [{ topic: 'a', partition: 0 }]);
    expect(offsets.fetchAll('group').map(({ partition }) => partition)).to.deep.equal([1]);
    offsets.forget('group', [{ topic: 'a', partition: 1 }]);
    expect(offsets.hasGroup('group')).to.equal(false);
  });

  it('writes one record per change and none when nothing changes', () => {
    const store = new RecordingStore();
    const offsets = new CommittedOffsets(store);
    offsets.commit('group', []);
    offsets.forget('group', [{ topic: 'a', partition: 0 }]);
    offsets.deleteTopic('a');
    offsets.deleteGroup('group');
    expect(store.records).to.deep.equal([]);
    offsets.commit('group', [at('a', 0, 1n), at('a', 1, 2n)]);
    offsets.commit('other', [at('a', 0, 1n)]);
    offsets.deleteTopic('a');
    expect(store.records.map(({ kind }) => kind)).to.deep.equal(['commit', 'commit', 'delete-topic']);
  });

  it('changes nothing when the store does not keep the record', () => {
    const store = new RecordingStore();
    const offsets = new CommittedOffsets(store);
    offsets.commit('group', [at('a', 0, 1n)]);
    store.full = true;
    expect(() => {
      offsets.commit('group', [at('a', 0, 2n)]);
    }).to.throw('disk full');
    expect(() => {
      offsets.deleteGroup('group');
    }).to.throw('disk full');
    expect(offsets.fetch('group', { topic: 'a', partition: 0 })?.offset).to.equal(1n);
  });

  it('is after a restart what it was before, whatever happened, and equals a plain table', () => {
    const name = fc.constantFrom('x', 'y');
    const partition = fc.nat({ max: 2 });
    const change = fc.oneof(
      fc.record({
        kind: fc.constant('commit' as const),
        group: name,
        topic: name,
        partition,
        offset: fc.bigInt(),
      }),
      fc.record({ kind: fc.constant('forget' as const), group: name, topic: name, partition }),
      fc.record({ kind: fc.constant('delete-topic' as const), topic: name }),
      fc.record({ kind: fc.constant('delete-group' as const), group: name }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const store = new RecordingStore();
        const offsets = new CommittedOffsets(store, new VirtualClock());
        const table = new Map<string, bigint>();
        const drop = (matches: (key: string) => boolean): void => {
          for (const key of [...table.keys()]) if (matches(key)) table.delete(key);
        };
        for (const c of changes) {
          if (c.kind === 'commit') {
            offsets.commit(c.group, [at(c.topic, c.partition, c.offset)]);
            table.set(`${c.group}/${c.topic}/${c.partition}`, c.offset);
          } else if (c.kind === 'forget') {
            offsets.forget(c.group, [c]);
            table.delete(`${c.group}/${c.topic}/${c.partition}`);
          } else if (c.kind === 'delete-topic') {
            offsets.deleteTopic(c.topic);
            drop((key) => key.split('/')[1] === c.topic);
          } else {
            offsets.deleteGroup(c.group);
            drop((key) => key.startsWith(`${c.group}/`));
          }
        }
        for (const live of [offsets, new CommittedOffsets(store)]) {
          const entries = live
            .groups()
            .flatMap((group) =>
              live
                .fetchAll(group)
                .map((o): [string, bigint] => [`${group}/${o.topic}/${o.partition}`, o.offset]),
            );
          expect(new Map(entries)).to.deep.equal(table);
          expect(live.groups().every((group) => live.fetchAll(group).length > 0)).to.equal(true);
        }
      }),
    );
  });
});
