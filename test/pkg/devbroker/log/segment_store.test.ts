import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryStore } from '../../../../pkg/devbroker/log/memory_store.js';
import { logSettings } from '../../../../pkg/devbroker/log/settings.js';
import { StorageError } from '../../../../pkg/devbroker/log/storage_error.js';
import { append, batch } from './batches.js';
import { ends, everything, FIRST_FILE, MANY, StoreFolder } from './store_folder.js';

describe('devbroker: segment store', () => {
  it('answers as the memory store does, whatever is appended, read, deleted and opened again', () => {
    const spec = fc.record({
      timestamps: fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 3 }),
      values: fc.array(
        fc.nat({ max: 900 }).map((length) => 'v'.repeat(length)),
        { minLength: 3, maxLength: 3 },
      ),
    });
    const act = fc.oneof(
      { weight: 6, arbitrary: fc.record({ append: spec }) },
      { weight: 3, arbitrary: fc.record({ read: fc.nat({ max: 40 }), maxBytes: fc.nat({ max: 3000 }) }) },
      { weight: 2, arbitrary: fc.record({ time: fc.nat({ max: 22 }) }) },
      { weight: 1, arbitrary: fc.record({ deleteShare: fc.double({ min: 0, max: 1, noNaN: true }) }) },
      { weight: 1, arbitrary: fc.record({ reopen: fc.constantFrom('cleanly', 'after a kill') }) },
    );
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 60, size: 'max' }),
        fc.constantFrom('1', '700', '5000', '100000'),
        (acts, size) => {
          const folder = new StoreFolder();
          folder.configs = { 'segment.bytes': size, 'segment.ms': '10' };
          let store = folder.open();
          const budget = { partitionBytes: MANY, totalBytes: MANY, usedBytes: 0 };
          const model = new MemoryStore(budget, () => logSettings(new Map()));
          for (const step of acts) {
            if ('append' in step) {
              append(store, step.append);
              append(model, step.append);
            } else if ('read' in step) {
              const offset =
                (BigInt(step.read) % (model.endOffset - model.startOffset + 1n)) + model.startOffset;
              expect(Buffer.concat(store.read(offset, step.maxBytes))).to.deep.equal(
                Buffer.concat(model.read(offset, step.maxBytes)),
              );
            } else if ('time' in step) {
              expect(store.findTimestamp(BigInt(step.time))).to.deep.equal(
                model.findTimestamp(BigInt(step.time)),
              );
            } else if ('deleteShare' in step) {
              const kept = Number(model.endOffset - model.startOffset);
              const offset = model.startOffset + BigInt(Math.round(kept * step.deleteShare));
              store.deleteBefore(offset);
              model.deleteBefore(offset);
            } else {
              if (step.reopen === 'cleanly') store.close();
              store = folder.open();
            }
            expect(ends(store)).to.deep.equal(ends(model));
          }
          expect(everything(store)).to.deep.equal(everything(model));
          expect(folder.problems).to.deep.equal([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('recovers every whole batch when the file is cut at any byte of its last one', () => {
    const folder = new StoreFolder();
    const store = folder.open();
    const whole = [append(store, { timestamps: [1, 2] }), append(store, { timestamps: [3] })];
    const kept = Buffer.concat(whole);
    append(store, { timestamps: [4, 5, 6] });
    const full = Buffer.from(folder.disk.content(FIRST_FILE));
    for (let size = kept.length; size < full.length; size++) {
      folder.disk.put(FIRST_FILE, full.subarray(0, size));
      const reopened = folder.open();
      expect(reopened.endOffset, `cut at ${size}`).to.equal(3n);
      expect(folder.disk.content(FIRST_FILE)).to.deep.equal(kept);
      const next = append(reopened, { timestamps: [7] });
      expect(everything(reopened)).to.deep.equal(Buffer.concat([kept, next]));
    }
    folder.disk.put(FIRST_FILE, full);
    expect(folder.open().endOffset).to.equal(6n);
  });

  it('recovers every batch before the one in which any byte is wrong', () => {
    const folder = new StoreFolder();
    const store = folder.open();
    const kept = append(store, { timestamps: [1, 2] });
    append(store, { timestamps: [3, 4] });
    const full = Buffer.from(folder.disk.content(FIRST_FILE));
    // The leader epoch, bytes 12 to 15, is under no checksum and read by nobody here.
    const bytes = [...full.keys()].filter(
      (at) => at >= kept.length && ![12, 13, 14, 15].includes(at - kept.length),
    );
    for (const at of bytes) {
      const damaged = Buffer.from(full);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0x81, at);
      folder.disk.put(FIRST_FILE, damaged);
      const reopened = folder.open();
      expect(everything(reopened)).to.deep.equal(kept);
      expect(reopened.endOffset, `byte ${at}`).to.equal(2n);
    }
  });

  it('tells each batch that it finds when it is opened, in order, and says what it cut off', () => {
    const folder = new StoreFolder();
    const store = folder.open();
    for (let i = 0; i < 3; i++) append(store, { timestamps: [1, 2] });
    folder.open();
    expect(folder.visited).to.deep.equal([0n, 2n, 4n]);
    folder.disk.put(FIRST_FILE, folder.disk.content(FIRST_FILE).subarray(0, -1));
    folder.open();
    expect(folder.visited).to.deep.equal([0n, 2n]);
    expect(folder.problems).to.have.length(1);
    expect(folder.problems[0]).to.include('cut off at offset 4');
  });

  it('begins a new segment by size and by the time of its records, and reads across segments', () => {
    const folder = new StoreFolder();
    const size = batch().length;
    folder.configs = { 'segment.bytes': String(2 * size) };
    const store = folder.open();
    const batches = [0, 0, 0].map(() => append(store));
    expect(folder.segmentFiles).to.have.length(2);
    folder.configs = { 'segment.ms': '1000' };
    batches.push(append(store, { timestamps: [2000] }));
    expect(folder.segmentFiles).to.have.length(2);
    batches.push(append(store, { timestamps: [2001] }));
    expect(folder.segmentFiles.map((path) => Number(path.slice(-24, -4)))).to.deep.equal([0, 2, 4]);
    expect(everything(store)).to.deep.equal(Buffer.concat(batches));
  });

  it('goes on behind a damaged older segment, and says which bytes are lost', () => {
    const folder = new StoreFolder();
    folder.configs = { 'segment.bytes': '1' };
    const store = folder.open();
    const [first, , third] = [append(store), append(store), append(store)];
    const [, middle = ''] = folder.segmentFiles;
    folder.disk.put(middle, folder.disk.content(middle).subarray(0, 40));
    const reopened = folder.open();
    expect(ends(reopened)).to.deep.equal([0n, 3n]);
    expect(Buffer.concat(reopened.read(1n, MANY))).to.deep.equal(third);
    expect(everything(reopened).subarray(0, first.length)).to.deep.equal(first);
    expect(folder.problems.join()).to.include('40 bytes that could not be read');
  });

  it('removes whole segments by age and by size, and keeps its end when all of them go', () => {
    const folder = new StoreFolder();
    const size = batch().length;
    folder.configs = { 'segment.bytes': '1', 'retention.ms': '1000' };
    const store = folder.open();
    for (const at of [1000, 2000, 3000, 4000]) append(store, { timestamps: [at] });
    store.expire(3500);
    expect([...ends(store), store.sizeInBytes]).to.deep.equal([2n, 4n, 2 * size]);
    folder.configs = { ...folder.configs, 'retention.ms': '-1', 'retention.bytes': String(size) };
    store.expire(9000);
    expect(ends(store)).to.deep.equal([3n, 4n]);
    folder.configs = { ...folder.configs, 'retention.ms': '1', 'cleanup.policy': 'compact' };
    store.expire(9000);
    expect(ends(store)).to.deep.equal([3n, 4n]);
    folder.configs = { ...folder.configs, 'cleanup.policy': 'compact,delete' };
    store.expire(9000);
    expect([...ends(store), store.sizeInBytes]).to.deep.equal([4n, 4n, 0]);
    expect(ends(folder.open())).to.deep.equal([4n, 4n]);
    expect(folder.segmentFiles).to.have.length(1);
  });

  it('remembers the start that was deleted up to, and gives back the room of what lies before', () => {
    const folder = new StoreFolder();
    folder.configs = { 'segment.bytes': '1' };
    const store = folder.open();
    for (let i = 0; i < 3; i++) append(store, { timestamps: [1, 2] });
    store.deleteBefore(3n);
    expect(folder.segmentFiles).to.have.length(2);
    const reopened = folder.open();
    expect(ends(reopened)).to.deep.equal([3n, 6n]);
    reopened.deleteBefore(6n);
    expect(ends(folder.open())).to.deep.equal([6n, 6n]);
    expect(folder.segmentFiles.map((path) => folder.disk.content(path).length)).to.deep.equal([0]);
    folder.disk.cutPower();
    expect(ends(folder.open())).to.deep.equal([6n, 6n]);
  });

  it('keeps no file open for a partition that is only read, and none at all when it is closed', () => {
    const folder = new StoreFolder();
    append(folder.open());
    const handles = folder.disk.openFiles;
    const store = folder.open();
    everything(store);
    store.findTimestamp(0n);
    expect(folder.disk.openFiles).to.equal(handles);
    append(store);
    expect(folder.disk.openFiles).to.equal(handles + 1);
    store.close();
    expect(folder.disk.openFiles).to.equal(handles);
    expect(() => append(store)).to.throw(StorageError, 'closed');
  });
});
