import { expect } from 'chai';
import { MemoryStore } from '../../../../pkg/devbroker/log/memory_store.js';
import { logSettings } from '../../../../pkg/devbroker/log/settings.js';
import { PartitionLog } from '../../../../pkg/devbroker/log/partition_log.js';
import { InvalidBatch, readHeader } from '../../../../pkg/devbroker/log/record_batch.js';
import { batch } from './batches.js';

const MANY = 1_000_000;

function partitionLog(): PartitionLog {
  const budget = { partitionBytes: MANY, totalBytes: MANY, usedBytes: 0 };
  return new PartitionLog('orders', 0, () => new MemoryStore(budget, () => logSettings(new Map())));
}

describe('devbroker: partition log', () => {
  it('gives batches consecutive offsets and reads them back at their place', () => {
    const log = partitionLog();
    expect(log.append(batch({ timestamps: [1, 2, 3] }))).to.equal(0n);
    expect(log.append(batch({ timestamps: [4] }))).to.equal(3n);
    expect(log.endOffset).to.equal(4n);
    expect(log.read(0n, MANY).map((bytes) => readHeader(bytes).baseOffset)).to.deep.equal([0n, 3n]);
    expect(log.read(4n, MANY)).to.deep.equal([]);
  });

  it('keeps nothing of a batch that it refuses, and wakes nobody', () => {
    const log = partitionLog();
    let woken = 0;
    log.watch(() => woken++);
    const broken = batch();
    broken.writeUInt8(broken.readUInt8(30) ^ 1, 30);
    expect(() => log.append(broken)).to.throw(InvalidBatch, 'checksum');
    expect([log.endOffset, woken]).to.deep.equal([0n, 0]);
  });

  it('answers the repetition of an idempotent batch with its first offset and keeps one copy', () => {
    const log = partitionLog();
    const idempotent = (baseSequence: number) => batch({ producerId: 9n, producerEpoch: 0, baseSequence });
    log.append(batch());
    expect(log.append(idempotent(0))).to.equal(1n);
    expect(log.append(idempotent(1))).to.equal(2n);
    expect(log.append(idempotent(0))).to.equal(1n);
    expect(log.endOffset).to.equal(3n);
    expect(() => log.append(idempotent(4))).to.throw(InvalidBatch, 'expected 2');
  });

  it('wakes its watchers on append, on deletion and on close, until they stop watching', () => {
    const log = partitionLog();
    const woken: string[] = [];
    const stop = log.watch(() => {
      woken.push('first');
      stop();
    });
    log.watch(() => woken.push('second'));
    log.append(batch());
    log.deleteBefore(1n);
    log.close();
    expect(woken).to.deep.equal(['first', 'second', 'second', 'second']);
  });

  it('starts at the offset that was deleted up to and still finds records by time', () => {
    const log = partitionLog();
    for (const at of [10, 20, 30]) log.append(batch({ timestamps: [at] }));
    log.deleteBefore(1n);
    expect(log.startOffset).to.equal(1n);
    expect(log.findTimestamp(5n)).to.deep.equal({ offset: 1n, timestamp: 20n });
    expect(log.findTimestamp(31n)).to.equal(null);
  });
});
