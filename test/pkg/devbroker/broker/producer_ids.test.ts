import { expect } from 'chai';
import fc from 'fast-check';
import { startBroker } from '../../../../pkg/devbroker/index.js';
import { systemClock } from '../../../../pkg/devbroker/clock.js';
import { FolderStorage } from '../../../../pkg/devbroker/log/folder_storage.js';
import { StorageError } from '../../../../pkg/devbroker/log/storage_error.js';
import { ProducerIds } from '../../../../pkg/devbroker/producer_ids.js';
import { FakeFileSystem } from '../log/fake_file_system.js';
import { RawClient } from '../net/raw_client.js';
import { initProducerIdRequest, Key } from '../net/requests.js';

function open(disk: FakeFileSystem): ProducerIds {
  const onProblem = () => undefined;
  return new ProducerIds(
    new FolderStorage({ path: '/data', fileSystem: disk, fsync: 'none', clock: systemClock, onProblem }),
  );
}

describe('devbroker: producer ids', () => {
  it('are handed out once, whatever fails and however often the broker is killed or loses its power', function () {
    this.timeout(60_000);
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
              const { producerId, producerEpoch } = producerIds.next();
              if (seen.has(producerId) || producerEpoch !== 0)
                expect.fail(`${producerId} of epoch ${producerEpoch} again`);
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

  it('are new also for a producer that names one, whatever epoch it claims', async () => {
    const broker = await startBroker();
    try {
      const client = new RawClient(broker.connect());
      const ask = (producer: object) =>
        client.ask(Key.InitProducerId, 3, { ...initProducerIdRequest, ...producer });
      expect(await ask({})).to.include({ errorCode: 0, producerId: 1n, producerEpoch: 0 });
      for (const [i, producerEpoch] of [0, 0, 7, 32_767].entries()) {
        const answer = await ask({ producerId: 1n, producerEpoch });
        expect(answer).to.include({ errorCode: 0, producerId: BigInt(i + 2), producerEpoch: 0 });
      }
      client.close();
    } finally {
      await broker.stop();
    }
  });
});
