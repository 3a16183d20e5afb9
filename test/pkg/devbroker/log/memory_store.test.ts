import { expect } from 'chai';
import fc from 'fast-check';
import { type MemoryBudget, MemoryStore } from '../../../../pkg/devbroker/log/memory_store.js';
import { logSettings } from '../../../../pkg/devbroker/log/settings.js';
import { append, batch } from './batches.js';

const MANY = 1_000_000;

function budget(partitionBytes = MANY, totalBytes = MANY): MemoryBudget {
  return { partitionBytes, totalBytes, usedBytes: 0 };
}

function memoryStore(limits: MemoryBudget, configs: Record<string, string> = {}): MemoryStore {
  return new MemoryStore(limits, () => logSettings(new Map(Object.entries(configs))));
}

describe('devbroker: memory store', () => {
  it('gives whole batches from the one that holds the offset, up to the byte limit', () => {
    const store = memoryStore(budget());
    const batches = [3, 1, 2].map((n) => append(store, { timestamps: Array<number>(n).fill(1) }));
    expect(store.endOffset).to.equal(6n);
    expect(store.read(0n, MANY)).to.deep.equal(batches);
    expect(store.read(2n, MANY)).to.deep.equal(batches);
    expect(store.read(3n, MANY)).to.deep.equal(batches.slice(1));
    expect(store.read(5n, MANY)).to.deep.equal(batches.slice(2));
    expect(store.read(6n, MANY)).to.deep.equal([]);
    expect(store.read(0n, batches[0]!.length + batches[1]!.length)).to.deep.equal(batches.slice(0, 2));
    expect(store.read(0n, batches[0]!.length + batches[1]!.length - 1)).to.deep.equal(batches.slice(0, 1));
  });

  it('gives the first batch even when it is larger than the limit', () => {
    const store = memoryStore(budget());
    const bytes = append(store);
    expect(store.read(0n, 0)).to.deep.equal([bytes]);
  });

  it('keeps its own copy, since a batch is a view of a network buffer', () => {
    const store = memoryStore(budget());
    const bytes = append(store);
    const before = Buffer.from(bytes);
    bytes.fill(0);
    expect(store.read(0n, MANY)).to.deep.equal([before]);
  });

  it('drops the oldest batches of the partition beyond its cap, but never the last', () => {
    const size = batch().length;
    const store = memoryStore(budget(2 * size));
    for (let i = 0; i < 5; i++) append(store);
    expect([store.startOffset, store.endOffset, store.sizeInBytes]).to.deep.equal([3n, 5n, 2 * size]);
    append(store, { values: ['x'.repeat(5 * size)] });
    expect([store.startOffset, store.endOffset]).to.deep.equal([5n, 6n]);
  });

  it('shares the cap of the whole broker, and gives back what it held when it is closed', () => {
    const size = batch().length;
    const shared = budget(MANY, 3 * size);
    const idle = memoryStore(shared);
    const busy = memoryStore(shared);
    append(idle);
    for (let i = 0; i < 10; i++) append(busy);
    expect(shared.usedBytes).to.equal(3 * size);
    expect(idle.startOffset).to.equal(0n);
    expect(busy.startOffset).to.equal(8n);
    busy.close();
    expect(shared.usedBytes).to.equal(size);
  });

  it('starts at the offset that was deleted up to, also within a batch', () => {
    const store = memoryStore(budget());
    append(store, { timestamps: [1, 2, 3] });
    const second = append(store, { timestamps: [4, 5, 6] });
    store.deleteBefore(4n);
    expect(store.startOffset).to.equal(4n);
    expect(store.read(4n, MANY)).to.deep.equal([second]);
    expect(store.findTimestamp(0n)).to.deep.equal({ offset: 4n, timestamp: 5n });
  });

  it('finds the first record at or after a time across batches', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
        fc.nat({ max: 32 }),
        (batches, wanted) => {
          const store = memoryStore(budget());
          for (const timestamps of batches) append(store, { timestamps });
          const all = batches.flat();
          const index = all.findIndex((at) => at >= wanted);
          const expected = index < 0 ? null : { offset: BigInt(index), timestamp: BigInt(all[index]!) };
          expect(store.findTimestamp(BigInt(wanted))).to.deep.equal(expected);
        },
      ),
    );
  });

  it('expires the oldest batches by time and by size, and never under cleanup.policy=compact', () => {
    const fill = (configs: Record<string, string>) => {
      const store = memoryStore(budget(), configs);
      for (const at of [1000, 2000, 3000]) append(store, { timestamps: [at, at] });
      store.expire(3500);
      return store;
    };
    expect(fill({ 'retention.ms': '1000' }).startOffset).to.equal(4n);
    expect(fill({ 'retention.ms': '-1' }).startOffset).to.equal(0n);
    expect(fill({ 'retention.ms': '1000', 'cleanup.policy': 'compact' }).startOffset).to.equal(0n);
    const { sizeInBytes } = fill({});
    expect(fill({ 'retention.bytes': String((sizeInBytes / 3) * 2) }).startOffset).to.equal(2n);
    const emptied = fill({ 'retention.ms': '1' });
    expect([emptied.startOffset, emptied.endOffset, emptied.sizeInBytes]).to.deep.equal([6n, 6n, 0]);
  });
});
