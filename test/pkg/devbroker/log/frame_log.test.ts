import { expect } from 'chai';
import fc from 'fast-check';
import { systemClock } from '../../../../pkg/devbroker/clock.js';
import { FrameLog } from '../../../../pkg/devbroker/log/frame_log.js';
import { type Fsync, Syncer } from '../../../../pkg/devbroker/log/fsync.js';
import { FakeFileSystem } from './fake_file_system.js';

const PATH = '/data/changes.log';

function open(disk: FakeFileSystem, fsync: Fsync = 'none'): FrameLog {
  const log = new FrameLog(
    { fileSystem: disk, syncer: new Syncer(fsync, systemClock, () => undefined) },
    PATH,
  );
  log.open();
  return log;
}

function texts(log: FrameLog): string[] {
  return log.records().map(String);
}

describe('devbroker: frame log', () => {
  it('gives back its records in order after it is opened again', () => {
    const disk = new FakeFileSystem();
    const log = open(disk);
    for (const text of ['one', 'two', 'three']) log.append(Buffer.from(text));
    expect(texts(log)).to.deep.equal(['one', 'two', 'three']);
    expect(texts(open(disk))).to.deep.equal(['one', 'two', 'three']);
  });

  it('keeps every whole record when the file is cut at any byte, and goes on from there', () => {
    const disk = new FakeFileSystem();
    const log = open(disk);
    log.append(Buffer.from('one'));
    const kept = log.size;
    log.append(Buffer.from('two'));
    const full = Buffer.from(disk.content(PATH));
    for (let size = 0; size < full.length; size++) {
      disk.put(PATH, full.subarray(0, size));
      const reopened = open(disk);
      reopened.append(Buffer.from('new'));
      expect(texts(open(disk)), `cut at ${size}`).to.deep.equal(size < kept ? ['new'] : ['one', 'new']);
    }
  });

  it('ends before the record in which any byte is wrong, and before zeros that a crash left', () => {
    const disk = new FakeFileSystem();
    const log = open(disk);
    for (const text of ['one', 'two']) log.append(Buffer.from(text));
    const full = Buffer.from(disk.content(PATH));
    for (let at = full.length / 2; at < full.length; at++) {
      const damaged = Buffer.from(full);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0x40, at);
      disk.put(PATH, damaged);
      expect(texts(open(disk)), `byte ${at}`).to.deep.equal(['one']);
    }
    disk.put(PATH, Buffer.concat([full, Buffer.alloc(64)]));
    expect(open(disk).size).to.equal(full.length);
  });

  it('keeps what was acknowledged and replaces all or nothing, whichever calls fail and whenever the power goes', () => {
    const act = fc.record({
      replace: fc.boolean(),
      failingCall: fc.nat({ max: 8 }),
      afterwards: fc.constantFrom('go on', 'go on', 'open again', 'open again after a power cut'),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 15, size: 'max' }), (acts) => {
        const disk = new FakeFileSystem();
        let log = open(disk, 'always');
        // What the log may hold; more than one thing only after a change that was refused without being undone.
        let possible: string[][] = [[]];
        acts.forEach(({ replace, failingCall, afterwards }, i) => {
          const changed = possible.map((held) =>
            replace ? [`all ${i}`, 'the rest'] : [...held, `more ${i}`],
          );
          let calls = 0;
          disk.fail = () => (calls++ >= failingCall ? 'EIO' : undefined);
          try {
            if (replace) log.replace([`all ${i}`, 'the rest'].map((text) => Buffer.from(text)));
            else log.append(Buffer.from(`more ${i}`));
            possible = changed;
          } catch (error) {
            expect(error).to.have.property('code', 'EIO');
            possible = [...possible, ...changed];
          }
          disk.fail = () => undefined;
          if (afterwards === 'go on') return;
          if (afterwards === 'open again after a power cut') disk.cutPower();
          log = open(disk, 'always');
          expect(possible).to.deep.include(texts(log));
          possible = [texts(log)];
        });
      }),
      { numRuns: 200 },
    );
  });
});
