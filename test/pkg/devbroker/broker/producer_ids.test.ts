import { expect } from 'chai';
import fc from 'fast-check';
import { systemClock } from '../../../../pkg/devbroker/clock.js';
import { FolderStorage } from '../../../../pkg/devbroker/log/folder_storage.js';
import { memoryStorage } from '../../../../pkg/devbroker/log/memory_storage.js';
import { StorageError } from '../../../../pkg/devbroker/log/storage_error.js';
import { ProducerIds } from '../../../../pkg/devbroker/producer_ids.js';
import { FakeFileSystem } from '../log/fake_file_system.js';

const NEW = { producerId: -1n, producerEpoch: -1 };

function open(disk: FakeFileSystem): ProducerIds {
  const onProblem = () => undefined;
  return new ProducerIds(
    new FolderStorage({ path: '/data', fileSystem: disk, fsync: 'none', clock: systemClock, onProblem }),
  );
}

describe('devbroker: producer ids', () => {
  it('are handed out once, whatever fails and however often the broker is killed or loses its power', () => {
    const act = fc.record({
      ids: fc.constantFrom(1, 3, 999, 1001),
      failingCall: fc.nat({ max: 9 }),
      power: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 8, size: 'max' }), (acts) => {
        const disk = new FakeFileSystem();
        const seen = new Set<bigint>();
        for (const { ids, failingCall, power } of acts) {
          const producerIds = open(disk);
          let calls = 0;
          disk.fail = () => (calls++ >= failingCall ? 'ENOSPC' : undefined);
          for (let i = 0; i < ids; i++) {
            try {
              const { producerId, producerEpoch } = producerIds.next(NEW);
              expect([seen.has(producerId), producerEpoch]).to.deep.equal([false, 0]);
              seen.add(producerId);
            } catch (error) {
              expect(error).to.be.instanceOf(StorageError);
            }
          }
          disk.fail = () => undefined;
          if (power) disk.cutPower();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('raise the epoch of a producer that names its id, also after a restart, and give a new id after the last', () => {
    const disk = new FakeFileSystem();
    const { producerId } = open(disk).next(NEW);
    const reopened = open(disk);
    expect(reopened.next({ producerId, producerEpoch: 4 })).to.deep.equal({ producerId, producerEpoch: 5 });
    const renewed = reopened.next({ producerId, producerEpoch: 32_767 });
    expect(renewed.producerEpoch).to.equal(0);
    expect(renewed.producerId).to.not.equal(producerId);
  });

  it('are new for a producer that names an id that was never handed out', () => {
    const ids = new ProducerIds(memoryStorage({ partitionBytes: 1, totalBytes: 1, usedBytes: 0 }));
    expect(ids.next({ producerId: 77n, producerEpoch: 0 })).to.deep.equal({
      producerId: 1n,
      producerEpoch: 0,
    });
  });
});
