import { expect } from 'chai';
import { systemClock } from '../../../../pkg/devbroker/clock.js';
import { BrokerError } from '../../../../pkg/devbroker/errors.js';
import { FolderStorage } from '../../../../pkg/devbroker/log/folder_storage.js';
import { StorageError } from '../../../../pkg/devbroker/log/storage_error.js';
import { Topics } from '../../../../pkg/devbroker/topics.js';
import { batch } from '../log/batches.js';
import { FakeFileSystem } from '../log/fake_file_system.js';

const MANY = 1_000_000;

function open(disk: FakeFileSystem, problems: string[] = []): Topics {
  const onProblem = (message: string) => problems.push(message);
  const storage = new FolderStorage({
    path: '/data',
    fileSystem: disk,
    fsync: 'none',
    clock: systemClock,
    onProblem,
  });
  return new Topics(storage, onProblem);
}

function describeAll(topics: Topics) {
  return topics.all().map(({ name, id, partitions, configs }) => ({
    name,
    id,
    ends: partitions.map(({ endOffset }) => endOffset),
    configs: Object.fromEntries(configs),
  }));
}

/** Folders of partitions that hold anything. */
function partitionFolders(disk: FakeFileSystem): Set<string> {
  return new Set(disk.paths().filter((path) => path.endsWith('.log') && path.includes('/topics/')));
}

describe('devbroker: topics in a folder', () => {
  it('come back with ids, settings, partitions and records after a restart', () => {
    const disk = new FakeFileSystem();
    const topics = open(disk);
    const orders = topics.create('orders', 2, new Map([['retention.ms', '5']]));
    const other = topics.create('Orders', 1);
    topics.partition('orders', 1)?.append(batch({ timestamps: [1, 2, 3] }));
    topics.grow(orders, 3);
    topics.configure(other, new Map([['cleanup.policy', 'compact']]));
    const before = describeAll(topics);
    expect(before.map(({ ends }) => ends)).to.deep.equal([[0n, 3n, 0n], [0n]]);
    expect(describeAll(open(disk))).to.deep.equal(before);
    expect(open(disk).partition('orders', 1)?.read(0n, MANY)).to.have.length(1);
  });

  it('answer a repeated batch of an idempotent producer with its first offset after a restart, for the last five', () => {
    const disk = new FakeFileSystem();
    const topics = open(disk);
    topics.create('orders', 1, new Map([['segment.bytes', '100']]));
    const send = (to: Topics, baseSequence: number) =>
      to.partition('orders', 0)?.append(batch({ producerId: 5n, producerEpoch: 1, baseSequence }));
    for (let i = 0; i < 7; i++) send(topics, i);
    const reopened = open(disk);
    for (let i = 2; i < 7; i++) expect(send(reopened, i)).to.equal(BigInt(i));
    expect(() => send(reopened, 1)).to.throw(BrokerError, 'expected 7');
    expect(() => send(reopened, 9)).to.throw(BrokerError, 'expected 7');
    expect(send(reopened, 7)).to.equal(7n);
  });

  it('know a repeated batch after a restart also when its records are gone', () => {
    const removals: ((topics: Topics) => void)[] = [
      (topics) => {
        topics.partition('orders', 0)?.deleteBefore(7n);
      },
      (topics) => {
        topics.expire(Date.now());
      },
    ];
    const kill = (disk: FakeFileSystem) => disk;
    const cutPower = (disk: FakeFileSystem) => {
      disk.cutPower();
      return disk;
    };
    const ends = [kill, cutPower];
    for (const [remove, end] of removals.flatMap((one) => ends.map((other) => [one, other] as const))) {
      const disk = new FakeFileSystem();
      const topics = open(disk);
      topics.create('orders', 1, new Map([['segment.bytes', '100']]));
      const send = (to: Topics, baseSequence: number, producerEpoch = 1) =>
        to.partition('orders', 0)?.append(batch({ producerId: 5n, producerEpoch, baseSequence }));
      for (let i = 0; i < 7; i++) send(topics, i);
      remove(topics);
      expect(topics.partition('orders', 0)?.startOffset).to.equal(7n);
      const reopened = open(end(disk));
      for (let i = 2; i < 7; i++) expect(send(reopened, i)).to.equal(BigInt(i));
      expect(() => send(reopened, 0, 0)).to.throw(BrokerError, 'older');
      expect(send(reopened, 7)).to.equal(7n);
      // The snapshot and the batches after it, and neither of them twice.
      const again = open(disk);
      for (let i = 3; i < 8; i++) expect(send(again, i)).to.equal(BigInt(i));
      expect(() => send(again, 2)).to.throw(BrokerError, 'expected 8');
    }
  });

  it('free a full disk of expired records, and then forget after a restart who wrote them', () => {
    const disk = new FakeFileSystem();
    const problems: string[] = [];
    const topics = open(disk, problems);
    const { partitions } = topics.create('orders', 1, new Map([['segment.bytes', '100']]));
    const sent = () => batch({ producerId: 5n, producerEpoch: 1, baseSequence: 0 });
    partitions[0]?.append(sent());
    disk.capacity = 0;
    topics.expire(Date.now());
    disk.capacity = Infinity;
    expect(partitions[0]?.startOffset).to.equal(1n);
    expect(problems).to.have.length(1);
    expect(partitions[0]?.append(sent())).to.equal(0n);
    expect(open(disk).partition('orders', 0)?.append(sent())).to.equal(1n);
  });

  it('leave nothing behind when they are deleted, also when the broker is killed in between', () => {
    const disk = new FakeFileSystem();
    const problems: string[] = [];
    const topics = open(disk, problems);
    topics.create('gone', 2);
    topics.create('half-gone', 1);
    topics.partition('half-gone', 0)?.append(batch());
    topics.delete('gone');
    disk.fail = (call) => (call === 'remove' ? 'EIO' : undefined);
    topics.delete('half-gone');
    disk.fail = () => undefined;
    expect(problems).to.have.length(1);
    expect(partitionFolders(disk)).to.have.property('size', 1);
    expect(open(disk).all()).to.deep.equal([]);
    expect(partitionFolders(disk)).to.have.property('size', 0);
  });

  it('that the list of topics does not know are put aside with their records, not removed', () => {
    const disk = new FakeFileSystem();
    const { id } = open(disk).create('lost', 1);
    open(disk).partition('lost', 0)?.append(batch());
    disk.remove('/data/cluster.json');
    const problems: string[] = [];
    expect(open(disk, problems).all()).to.deep.equal([]);
    expect(problems).to.have.length(1);
    expect(problems[0]).to.contain(`/data/orphans/lost.${id}`);
    const kept = disk.paths().filter((path) => path.startsWith(`/data/orphans/lost.${id}/0/`));
    expect(kept).to.have.length(1);
    expect(disk.content(kept[0]!)).to.have.length(batch().length);
    expect(partitionFolders(disk)).to.have.property('size', 0);
  });

  it('are changed no more once they are closed', () => {
    const disk = new FakeFileSystem();
    const topics = open(disk);
    const orders = topics.create('orders', 1);
    const written = disk.content('/data/cluster.json');
    topics.close();
    const changes: (() => unknown)[] = [
      () => topics.create('new', 1),
      () => topics.delete('orders'),
      () => {
        topics.grow(orders, 2);
      },
      () => {
        topics.configure(orders, new Map());
      },
    ];
    for (const change of changes) expect(change).to.throw(StorageError, 'stops');
    expect(disk.content('/data/cluster.json')).to.equal(written);
  });

  it('change wholly or not at all when the disk refuses, also after a restart', () => {
    const changes: Record<string, (topics: Topics) => void> = {
      create: (topics) => topics.create('new', 2),
      grow: (topics) => {
        topics.grow(topics.get('orders')!, 3);
      },
      configure: (topics) => {
        topics.configure(topics.get('orders')!, new Map([['retention.ms', '7']]));
      },
      delete: (topics) => topics.delete('orders'),
    };
    for (const [name, change] of Object.entries(changes)) {
      let refused = 0;
      for (let failingCall = 0; ; failingCall++) {
        const disk = new FakeFileSystem();
        const topics = open(disk);
        topics.create('orders', 1);
        const before = describeAll(topics);
        let calls = 0;
        // Removing always works here: what is left over is another test's affair.
        disk.fail = (call) => (call !== 'remove' && calls++ === failingCall ? 'ENOSPC' : undefined);
        try {
          change(topics);
          break;
        } catch (error) {
          expect(error, `${name}, call ${failingCall}`).to.be.instanceOf(StorageError);
          refused++;
        }
        disk.fail = () => undefined;
        expect(describeAll(topics), name).to.deep.equal(before);
        change(topics);
        expect(describeAll(open(disk)), name).to.deep.equal(describeAll(topics));
      }
      expect(refused, name).to.be.above(3);
    }
  });

  it('are as the next start finds them when only the sync after a change fails, which is then owed', () => {
    const disk = new FakeFileSystem();
    const problems: string[] = [];
    const topics = open(disk, problems);
    topics.create('users', 1);
    const orders = topics.create('orders', 1);
    disk.fail = (call, path) => (call === 'syncFolder' && path === '/data' ? 'EIO' : undefined);
    topics.delete('users');
    expect(problems).to.deep.equal(['a change of the topics may not survive a power cut']);
    expect(topics.get('users')).to.equal(undefined);
    expect(() => topics.create('more', 1), 'a second change waits for the first').to.throw(StorageError);
    orders.partitions[0]?.append(batch());
    disk.fail = () => undefined;
    expect(describeAll(open(disk))).to.deep.equal(describeAll(topics));
    topics.create('more', 1);
    disk.cutPower();
    expect(describeAll(open(disk)).map(({ name }) => name)).to.deep.equal(['orders', 'more']);
  });

  it('grow only, by a whole number, and neither grow nor change once they are deleted', () => {
    const topics = open(new FakeFileSystem());
    const orders = topics.create('orders', 2);
    const grow = (total: number) => () => {
      topics.grow(orders, total);
    };
    for (const total of [0, 2, 2.5, 10_001]) {
      expect(grow(total)).to.throw(BrokerError, "'orders' has 2 partitions");
    }
    topics.delete('orders');
    topics.create('orders', 1);
    expect(grow(3)).to.throw(BrokerError, "'orders' is gone");
    expect(() => {
      topics.configure(orders, new Map());
    }).to.throw(BrokerError, "'orders' is gone");
  });

  it('keep no more than their settings say, and a change of these counts at once', () => {
    const topics = open(new FakeFileSystem());
    const orders = topics.create('orders', 1);
    const { partitions } = orders;
    partitions[0]?.append(batch({ timestamps: [1000] }));
    topics.expire(2000);
    expect(partitions[0]?.startOffset).to.equal(0n);
    topics.configure(orders, new Map([['retention.ms', '500']]));
    topics.expire(2000);
    expect(partitions[0]?.startOffset).to.equal(1n);
  });

  it('are not opened when the folder is damaged or of another version; the error names the file', () => {
    for (const content of ['{"format": 1, ', '{"format": 99}', '[]']) {
      const disk = new FakeFileSystem();
      disk.put('/data/cluster.json', Buffer.from(content));
      expect(() => open(disk), content).to.throw(StorageError, '/data/cluster.json');
    }
  });
});
