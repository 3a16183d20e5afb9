import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { systemClock } from '../../../../pkg/devbroker/clock.js';
import { startBroker } from '../../../../pkg/devbroker/index.js';
import { FolderStorage } from '../../../../pkg/devbroker/log/folder_storage.js';
import { ProducerState } from '../../../../pkg/devbroker/log/producer_state.js';
import { logSettings } from '../../../../pkg/devbroker/log/settings.js';
import { StorageError } from '../../../../pkg/devbroker/log/storage_error.js';
import { FakeFileSystem } from '../log/fake_file_system.js';
import { RawClient, requestFrame } from '../net/raw_client.js';
import { fetchRequest, Key, metadataRequest, produceRequest } from '../net/requests.js';
import { WatchedClock } from '../net/watched_clock.js';

describe('devbroker: the stop of a broker with a data folder', () => {
  it('serves no request that waits behind a parked one: all topics and records are there at the next start', async () => {
    const fileSystem = new FakeFileSystem();
    const clock = new WatchedClock();
    const options = { dataDir: '/data', fileSystem, clock, autoCreatePartitions: 3 };
    const broker = await startBroker({ ...options, topics: { orders: 1, users: 1 } });
    const client = new RawClient(connect(broker.nodes[0]!.port, '127.0.0.1'));
    for (const topic of ['orders', 'users']) await client.ask(Key.Produce, 7, produceRequest({ topic }));
    clock.isIdle();
    const parked = fetchRequest({ topic: 'orders' }, { maxWaitMs: 60_000, offset: 1n });
    const creating = { ...metadataRequest(['orders']), allowAutoTopicCreation: true };
    client.stream.write(
      Buffer.concat([
        requestFrame({ key: Key.Fetch, version: 11 }, parked),
        requestFrame({ key: Key.Metadata, version: 6 }, creating),
      ]),
    );
    while (clock.pending === 0) await setImmediate();
    await broker.stop();
    await client.closed;
    const again = await startBroker(options);
    const ends = again.topics.all().map(({ name, partitions }) => [name, partitions[0]?.endOffset]);
    await again.stop();
    expect(ends).to.deep.equal([
      ['orders', 1n],
      ['users', 1n],
    ]);
    expect(fileSystem.paths().filter((path) => path.includes('/orphans/'))).to.deep.equal([]);
  });

  it('leaves a storage that refuses every change', () => {
    const fileSystem = new FakeFileSystem();
    const storage = new FolderStorage({
      path: '/data',
      fileSystem,
      fsync: 'none',
      clock: systemClock,
      onProblem: () => undefined,
    });
    storage.close();
    const before = fileSystem.paths();
    const topic = { name: 'orders', id: 'x' };
    const settings = () => logSettings(new Map());
    const changes: (() => unknown)[] = [
      () => {
        storage.saveTopics([]);
      },
      () => {
        storage.reserveProducerIds(5n);
      },
      () => {
        storage.removeLogs(topic);
      },
      () =>
        storage.openLog({
          topic,
          partition: 0,
          settings,
          visit: () => undefined,
          producers: new ProducerState(),
        }),
      () => {
        storage.offsets.append({ kind: 'delete-group', groupId: 'g' });
      },
    ];
    for (const change of changes) expect(change).to.throw(StorageError, 'is closed');
    expect(fileSystem.paths()).to.deep.equal(before);
  });
});
