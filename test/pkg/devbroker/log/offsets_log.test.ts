import { expect } from 'chai';
import fc from 'fast-check';
import { systemClock } from '../../../../pkg/devbroker/clock.js';
import { CommittedOffsets } from '../../../../pkg/devbroker/group/offsets.js';
import { Syncer } from '../../../../pkg/devbroker/log/fsync.js';
import { OffsetsLog } from '../../../../pkg/devbroker/log/offsets_log.js';
import { StorageError } from '../../../../pkg/devbroker/log/storage_error.js';
import { FakeFileSystem } from './fake_file_system.js';

const PATH = '/data/offsets.log';

function open(disk: FakeFileSystem, problems: string[] = []): CommittedOffsets {
  const syncer = new Syncer('none', systemClock, () => undefined);
  const log = new OffsetsLog({ fileSystem: disk, syncer }, PATH, (message) => problems.push(message));
  return new CommittedOffsets(log, { ...systemClock, now: () => 1000 });
}

function commit(offset: bigint, { topic = 'orders', partition = 0 } = {}) {
  return { topic, partition, offset, leaderEpoch: 0, metadata: 'é' };
}

function all(offsets: CommittedOffsets) {
  return new Map(offsets.groups().map((group) => [group, new Set(offsets.fetchAll(group))]));
}

describe('devbroker: offsets log', () => {
  it('holds the same offsets as the memory does, whatever is committed, forgotten and opened again', () => {
    const group = fc.constantFrom('g1', 'g2');
    const topic = fc.constantFrom('a', 'b');
    const partition = fc.nat({ max: 1 });
    const act = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          commit: group,
          topic,
          partition,
          offset: fc.bigInt({ min: 0n, max: 2n ** 62n }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ forget: group, topic, partition }) },
      { weight: 1, arbitrary: fc.record({ deleteGroup: group }) },
      { weight: 1, arbitrary: fc.record({ deleteTopic: topic }) },
      { weight: 2, arbitrary: fc.constant('reopen' as const) },
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40, size: 'max' }), (acts) => {
        const disk = new FakeFileSystem();
        const memory = new CommittedOffsets(undefined, { ...systemClock, now: () => 1000 });
        let durable = open(disk);
        for (const step of acts) {
          for (const offsets of [memory, durable]) {
            if (step === 'reopen') continue;
            if ('commit' in step) offsets.commit(step.commit, [commit(step.offset, step)]);
            else if ('forget' in step) offsets.forget(step.forget, [step]);
            else if ('deleteGroup' in step) offsets.deleteGroup(step.deleteGroup);
            else offsets.deleteTopic(step.deleteTopic);
          }
          if (step === 'reopen') durable = open(disk);
          expect(all(durable)).to.deep.equal(all(memory));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is compacted to the offsets that count when it is opened', () => {
    const disk = new FakeFileSystem();
    const offsets = open(disk);
    for (let i = 0n; i < 50n; i++) offsets.commit('g', [commit(i)]);
    const grown = disk.content(PATH).length;
    expect(open(disk).fetch('g', { topic: 'orders', partition: 0 })?.offset).to.equal(49n);
    expect(disk.content(PATH).length).to.be.below(grown / 40);
  });

  it('does not grow without end while it is written to', () => {
    const disk = new FakeFileSystem();
    const offsets = open(disk);
    const many = Array.from({ length: 200 }, (_, partition) => commit(1n, { partition }));
    let largest = 0;
    for (let i = 0; i < 150; i++) {
      offsets.commit('g', many);
      largest = Math.max(largest, disk.content(PATH).length);
    }
    expect(largest).to.be.above(1_000_000).and.below(1_100_000);
    expect(open(disk).fetchAll('g')).to.have.length(200);
  });

  it('refuses a commit that does not fit on the disk, and takes it when there is room again', () => {
    const disk = new FakeFileSystem();
    const offsets = open(disk);
    offsets.commit('g', [commit(1n)]);
    disk.capacity = disk.content(PATH).length + 10;
    expect(() => {
      offsets.commit('g', [commit(2n)]);
    }).to.throw(StorageError, 'ENOSPC');
    expect(offsets.fetch('g', { topic: 'orders', partition: 0 })?.offset).to.equal(1n);
    expect(all(open(disk, []))).to.deep.equal(all(offsets));
    disk.capacity = Infinity;
    offsets.commit('g', [commit(2n)]);
    expect(all(open(disk))).to.deep.equal(all(offsets));
  });

  it('opens on a full disk too, only without being compacted, and says so', () => {
    const disk = new FakeFileSystem();
    const offsets = open(disk);
    for (let i = 0n; i < 5n; i++) offsets.commit('g', [commit(i)]);
    disk.capacity = disk.content(PATH).length;
    const problems: string[] = [];
    expect(all(open(disk, problems))).to.deep.equal(all(offsets));
    expect(problems).to.deep.equal([`compacting ${PATH}`]);
  });
});
