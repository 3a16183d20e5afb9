import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { createSandbox } from 'sinon';
import {
  DataFolder,
  DataFolderInUse,
  DataFolderUnfit,
  readRunFile,
  startBroker,
} from '../../../../pkg/devbroker/index.js';
import { ownIdentity } from '../../../../pkg/devbroker/process_identity.js';
import { caught } from '../../../support/caught.js';
import { withoutHardLinks } from '../../../support/no_hard_links.js';
import { type Contest } from './contender.js';

const PACKAGE = new URL('../../../../pkg/devbroker/index.js', import.meta.url).href;
const FACTS = { brokers: ['127.0.0.1:9092'], databaseUrl: 'postgres://localhost/x' };

/** Another process that owns the folder and has announced what it serves. */
async function otherOwner(folder: string): Promise<{ pid: number; killHard: () => Promise<void> }> {
  const script = `
    const { DataFolder } = await import(${JSON.stringify(PACKAGE)});
    DataFolder.own(${JSON.stringify(folder)}).announce(${JSON.stringify(FACTS)});
    console.log('owns');
    setInterval(() => undefined, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const first = await Promise.race([once(child.stdout, 'data'), closed]);
  expect(String(first[0])).to.equal('owns\n');
  const killHard = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  return { pid: child.pid ?? 0, killHard };
}

/** Leaves a claim of a process that has ended, although another one has its id now. */
function leaveStaleClaim(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'owner.7.json'), JSON.stringify({ ...ownIdentity(), start: 'long ago' }));
}

describe('devbroker: data folder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'data-folder-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('has one owner, who is named to whoever comes second, and is free after it was given back', () => {
    const owner = DataFolder.own(join(folder, 'made/on/demand'));
    expect(() => DataFolder.own(owner.path)).to.throw(DataFolderInUse, `process ${process.pid}`);
    owner.release();
    owner.release();
    const next = DataFolder.own(owner.path);
    owner.release();
    expect(() => DataFolder.own(owner.path), 'a late release takes nothing from the next owner').to.throw(
      DataFolderInUse,
    );
    next.release();
    expect(readdirSync(owner.path)).to.have.length(1);
  });

  it('is owned as long as the process lives, and taken over after a kill -9', async () => {
    const other = await otherOwner(folder);
    try {
      expect(() => DataFolder.own(folder)).to.throw(DataFolderInUse, `process ${other.pid}`);
      expect(readRunFile(folder)).to.deep.include({ ...FACTS, pid: other.pid });
    } finally {
      await other.killHard();
    }
    expect(readRunFile(folder)).to.equal(null);
    const owner = DataFolder.own(folder);
    expect(readRunFile(folder), 'the announcement is that of the dead one').to.equal(null);
    owner.release();
  });

  it('is not held by a later process that was given the id of its owner', () => {
    leaveStaleClaim(folder);
    DataFolder.own(folder).release();
  });

  it('stays with an owner on another machine or in another container, until its file is removed', () => {
    const file = join(folder, 'owner.1.json');
    writeFileSync(file, JSON.stringify({ ...ownIdentity(), realm: 'elsewhere' }));
    expect(() => DataFolder.own(folder)).to.throw(DataFolderInUse, file);
    expect(readRunFile(folder)).to.equal(null);
    rmSync(file);
    DataFolder.own(folder).release();
  });

  it('is not held by an owner in another container of this host name once the machine was booted again', () => {
    const file = join(folder, 'owner.1.json');
    const before = { ...ownIdentity(), realm: 'elsewhere', boot: 'an earlier boot' };
    writeFileSync(file, JSON.stringify({ ...before, host: 'another machine' }));
    expect(() => DataFolder.own(folder)).to.throw(DataFolderInUse, file);
    writeFileSync(file, JSON.stringify({ ...before, boot: undefined }));
    expect(() => DataFolder.own(folder), 'a system that tells no boot').to.throw(DataFolderInUse, file);
    writeFileSync(file, JSON.stringify(before));
    if (ownIdentity().boot === undefined) {
      expect(() => DataFolder.own(folder)).to.throw(DataFolderInUse, file);
    } else {
      DataFolder.own(folder).release();
    }
  });

  it('is given to one only of many who come at the same moment, free or after a crash', async function () {
    this.timeout(60_000);
    const contenders = 4;
    const folders = Array.from({ length: 60 }, (_, i) => join(folder, i.toString()));
    folders.forEach((each, i) => {
      if (i % 3 === 0) leaveStaleClaim(each);
      if (i % 3 === 1) DataFolder.own(each).release();
    });
    const contest: Contest = { folders, contenders, arrivals: new SharedArrayBuffer(4) };
    const results = await Promise.all(
      Array.from({ length: contenders }, async () => {
        const worker = new Worker(new URL('contender.js', import.meta.url), { workerData: contest });
        const [won] = (await once(worker, 'message')) as [boolean[]];
        await worker.terminate();
        return won;
      }),
    );
    const winners = folders.map((_, i) => results.filter((won) => won[i]).length);
    expect(winners).to.deep.equal(folders.map(() => 1));
  });

  for (const code of ['EPERM', 'ENOTSUP']) {
    it(`is refused with the reason where the file system makes no hard links (${code})`, () => {
      const restore = withoutHardLinks(createSandbox(), code);
      try {
        const { message } = caught(() => DataFolder.own(folder), DataFolderUnfit);
        expect(message).to.include(folder).and.to.include('hard links');
        expect(readdirSync(folder)).to.deep.equal([]);
      } finally {
        restore();
      }
      DataFolder.own(folder).release();
    });
  }

  it('tells what its owner serves as long as the owner serves it', () => {
    expect(readRunFile(join(folder, 'not there'))).to.equal(null);
    const owner = DataFolder.own(folder);
    expect(readRunFile(folder)).to.equal(null);
    owner.announce(FACTS);
    const run = readRunFile(folder);
    expect(run).to.deep.include({ ...FACTS, pid: process.pid });
    expect(Date.parse(run?.startedAt ?? '')).to.be.closeTo(Date.now(), 60_000);
    owner.announce({ brokers: ['127.0.0.1:1'] });
    expect(readRunFile(folder)).to.have.deep.property('brokers', ['127.0.0.1:1']);
    owner.release();
    expect(readRunFile(folder)).to.equal(null);
  });

  it('of a broker is refused to a second one, and free as soon as the first has stopped or failed to start', async () => {
    const first = await startBroker({ dataDir: folder });
    const second = await startBroker({ dataDir: folder }).catch((error: unknown) => error);
    expect(second).to.be.instanceOf(DataFolderInUse);
    const { port } = first.nodes[0]!;
    const other = join(folder, 'other');
    const failed = await startBroker({ dataDir: other, port }).catch((error: unknown) => error);
    expect(failed).to.have.property('code', 'EADDRINUSE');
    await (await startBroker({ dataDir: other })).stop();
    await first.stop();
    await (await startBroker({ dataDir: folder })).stop();
  });
});
