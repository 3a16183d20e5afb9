import { expect } from 'chai';
import fc from 'fast-check';
import { StorageError } from '../../../../pkg/devbroker/log/storage_error.js';
import { append, batch, type BatchSpec } from './batches.js';
import { breakDisk, ends, everything, FIRST_FILE, MANY, StoreFolder } from './store_folder.js';

describe('devbroker: segment store on a bad disk', () => {
  it('refuses what does not fit, cuts off what was written of it, and goes on when there is room again', () => {
    const size = batch().length;
    for (let room = 0; room < size; room++) {
      const folder = new StoreFolder();
      const store = folder.open();
      const first = append(store);
      folder.disk.capacity = size + room;
      expect(() => append(store)).to.throw(StorageError, 'ENOSPC');
      expect(ends(store)).to.deep.equal([0n, 1n]);
      expect(folder.disk.content(FIRST_FILE)).to.deep.equal(first);
      folder.disk.capacity = MANY;
      const second = append(store);
      expect(everything(folder.open())).to.deep.equal(Buffer.concat([first, second]));
      expect(folder.problems).to.deep.equal([]);
    }
  });

  it('never leaves a gap when what was written of a refused batch cannot be cut off at once', () => {
    const folder = new StoreFolder();
    const store = folder.open();
    const first = append(store);
    folder.disk.capacity = first.length + 20;
    const mend = breakDisk(folder.disk, 'truncate');
    expect(() => append(store)).to.throw(StorageError);
    folder.disk.capacity = MANY;
    expect(() => append(store), 'still not cut off').to.throw(StorageError, 'EIO');
    expect(everything(store)).to.deep.equal(first);
    mend();
    const second = append(store, { values: [''] });
    expect(folder.disk.content(FIRST_FILE)).to.deep.equal(Buffer.concat([first, second]));
  });

  it('does not take a batch that could not be forced to the disk, where the policy is to do so', () => {
    const folder = new StoreFolder();
    const store = folder.open('always');
    const first = append(store);
    const mend = breakDisk(folder.disk, 'sync');
    expect(() => append(store)).to.throw(StorageError, 'EIO');
    mend();
    expect(store.endOffset).to.equal(1n);
    folder.disk.cutPower();
    expect(everything(folder.open())).to.deep.equal(first);
  });

  it('keeps every acknowledged batch through a power cut where each is forced to the disk', () => {
    const folder = new StoreFolder();
    folder.configs = { 'segment.bytes': '200' };
    const store = folder.open('always');
    const batches = Array.from({ length: 10 }, () => append(store));
    folder.disk.cutPower();
    expect(everything(folder.open())).to.deep.equal(Buffer.concat(batches));
  });

  it('keeps every full segment through a power cut under any policy', () => {
    const folder = new StoreFolder();
    folder.configs = { 'segment.bytes': '200' };
    const store = folder.open('none');
    for (let i = 0; i < 10; i++) append(store);
    const full = folder.segmentFiles.at(-1)!;
    folder.disk.cutPower();
    expect(folder.open().endOffset).to.equal(BigInt(full.slice(-24, -4)));
  });

  it('refuses with a storage error when a new segment cannot be begun, and goes on afterwards', () => {
    for (const call of ['sync', 'create', 'syncFolder'] as const) {
      const folder = new StoreFolder();
      folder.configs = { 'segment.bytes': '1' };
      const store = folder.open();
      const first = append(store);
      const mend = breakDisk(folder.disk, call, 'ENOSPC');
      expect(() => append(store), call).to.throw(StorageError, 'ENOSPC');
      expect(store.endOffset).to.equal(1n);
      mend();
      const second = append(store);
      expect(everything(folder.open())).to.deep.equal(Buffer.concat([first, second]));
    }
  });

  it('says so when it cannot read or be opened, instead of answering with nothing', () => {
    const folder = new StoreFolder();
    const store = folder.open();
    append(store);
    const mend = breakDisk(folder.disk, 'read');
    expect(() => store.read(0n, MANY)).to.throw(StorageError, 'EIO');
    expect(() => store.findTimestamp(0n)).to.throw(StorageError, 'EIO');
    expect(() => folder.open()).to.throw(StorageError, 'EIO');
    mend();
    expect(store.read(0n, MANY)).to.have.length(1);
  });

  it('deletes nothing when the new start cannot be written down', () => {
    const folder = new StoreFolder();
    folder.configs = { 'segment.bytes': '1' };
    const store = folder.open();
    const specs: BatchSpec[] = [{}, {}];
    for (const spec of specs) append(store, spec);
    breakDisk(folder.disk, 'rename', 'ENOSPC');
    expect(() => {
      store.deleteBefore(1n);
    }).to.throw(StorageError);
    expect(ends(store)).to.deep.equal([0n, 2n]);
    expect(ends(folder.open())).to.deep.equal([0n, 2n]);
  });

  it('has deleted what the next start takes for deleted, whatever fails afterwards, and makes up for it later', () => {
    for (const call of ['syncFolder', 'remove'] as const) {
      const folder = new StoreFolder();
      folder.configs = { 'segment.bytes': '1' };
      const store = folder.open();
      for (const spec of [{}, {}]) append(store, spec);
      const mend = breakDisk(folder.disk, call);
      store.deleteBefore(2n);
      mend();
      expect(folder.problems, call).to.have.length(1);
      expect(ends(store), call).to.deep.equal([2n, 2n]);
      append(store);
      expect(ends(folder.open()), call).to.deep.equal([2n, 3n]);
      store.expire(0);
      expect(folder.segmentFiles, call).to.have.length(1);
    }
  });

  it('keeps each acknowledged batch in its place, whichever calls fail and whenever the power goes', () => {
    const act = fc.record({
      failingCall: fc.nat({ max: 12 }),
      length: fc.nat({ max: 150 }),
      afterwards: fc.constantFrom('go on', 'go on', 'go on', 'open again', 'open again after a power cut'),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40, size: 'max' }), (acts) => {
        const folder = new StoreFolder();
        folder.configs = { 'segment.bytes': '400' };
        let store = folder.open('always');
        let kept = Buffer.alloc(0);
        let refused: number[] = [];
        for (const { failingCall, length, afterwards } of acts) {
          let calls = 0;
          folder.disk.fail = () => (calls++ >= failingCall ? 'EIO' : undefined);
          const spec = { values: ['v'.repeat(length)] };
          try {
            kept = Buffer.concat([kept, append(store, spec)]);
            refused = [];
          } catch (error) {
            expect(error).to.be.instanceOf(StorageError);
            refused.push(batch(spec).length);
          }
          folder.disk.fail = () => undefined;
          expect(everything(store)).to.deep.equal(kept);
          if (afterwards === 'go on') continue;
          if (afterwards === 'open again after a power cut') folder.disk.cutPower();
          store = folder.open('always');
          // A batch that was refused because it could be neither forced to the disk nor cut off may be back.
          const found = everything(store);
          expect(found.subarray(0, kept.length)).to.deep.equal(kept);
          expect(found.length - kept.length).to.be.oneOf([0, ...refused]);
          kept = Buffer.from(found);
          refused = [];
        }
      }),
      { numRuns: 200 },
    );
  });
});
