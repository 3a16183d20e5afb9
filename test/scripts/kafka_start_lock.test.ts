import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { createSandbox } from 'sinon';
import { ensureKafkaJars, KAFKA_VERSION } from '../../scripts/apache_kafka/jars.js';
import { LockHeldError, NoHardLinksError, underLock } from '../../scripts/apache_kafka/start_lock.js';
import { temporaryKafkaFolder } from '../../scripts/apache_kafka/temporary_folder.js';
import { rejection } from '../support/caught.js';
import { withoutHardLinks } from '../support/no_hard_links.js';

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('starts of a local Apache Kafka', () => {
  let folder: string;
  let lock: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'start-lock-'));
    lock = join(folder, 'deeper', 'start.lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('at once come one after another', async () => {
    const events: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let entered = (): void => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const first = underLock(lock, { timeoutMs: 5_000 }, async () => {
      entered();
      await held;
      events.push('first');
    });
    await inside;
    const second = underLock(lock, { timeoutMs: 5_000 }, async () => {
      events.push('second');
    });
    expect(await readFile(lock, 'utf8')).to.equal(String(process.pid));
    release();
    await Promise.all([first, second]);
    expect(events).to.deep.equal(['first', 'second']);
    expect(existsSync(lock)).to.equal(false);
  });

  it('go on though one before was killed, and leave no lock when they fail', async () => {
    await mkdir(dirname(lock), { recursive: true });
    await writeFile(lock, String(await deadPid()));
    const failing = underLock(lock, { timeoutMs: 0 }, () => Promise.reject(new Error('no Java')));
    expect((await rejection(failing, Error)).message).to.equal('no Java');
    expect(existsSync(lock)).to.equal(false);
  });

  it('that wait for too long say for whom', async () => {
    await mkdir(dirname(lock), { recursive: true });
    await writeFile(lock, String(process.ppid));
    const { message } = await rejection(
      underLock(lock, { timeoutMs: 0 }, () => Promise.resolve()),
      LockHeldError,
    );
    expect(message).to.include(`The process ${process.ppid} still has ${lock}`);
    expect(await readFile(lock, 'utf8')).to.equal(String(process.ppid));
  });

  it('say what to do where the file system makes no hard links', async () => {
    const restore = withoutHardLinks(createSandbox(), 'ENOTSUP');
    try {
      const { message } = await rejection(
        underLock(lock, { timeoutMs: 0 }, () => Promise.resolve()),
        NoHardLinksError,
      );
      expect(message).to.include(dirname(lock)).and.to.include('another disk');
    } finally {
      restore();
    }
  });

  it('remove the data of runs that were killed, and no others', async () => {
    const own = await temporaryKafkaFolder();
    const left = join(dirname(own), `${await deadPid()}-left`);
    const others = join(dirname(own), `${process.ppid}-running`);
    await mkdir(left);
    await mkdir(others);
    const next = await temporaryKafkaFolder();
    expect([own, others, next].map((each) => existsSync(each))).to.deep.equal([true, true, true]);
    expect(existsSync(left)).to.equal(false);
    for (const each of [own, others, next]) await rm(each, { recursive: true });
  });

  it('remove downloads that were broken off, and none that is under way', async () => {
    const home = join(folder, '.data', 'kafka', KAFKA_VERSION);
    const lib = join(home, 'lib');
    const left = join(home, `download-${await deadPid()}-left`);
    const running = join(home, `download-${process.ppid}-running`);
    for (const each of [lib, left, running]) await mkdir(each, { recursive: true });
    expect(await ensureKafkaJars(folder)).to.equal(lib);
    expect([lib, left, running].map((each) => existsSync(each))).to.deep.equal([true, false, true]);
  });

  it('download into a folder that tells whose it is', async () => {
    await mkdir(join(folder, 'bin'));
    const program = async (name: string, script: string): Promise<void> => {
      await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    };
    await program('java', `echo 'openjdk version "17.0.1"'`);
    await program('mvn', '[ "$1" = --version ] || { pwd; exit 1; }');
    const sandbox = createSandbox();
    const env = {
      ...process.env,
      JAVA_HOME: folder,
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    };
    sandbox.stub(process, 'env').value(env);
    try {
      const { message } = await rejection(ensureKafkaJars(folder), Error);
      expect(message).to.include(`/download-${process.pid}-`);
    } finally {
      sandbox.restore();
    }
    expect(await readdir(join(folder, '.data', 'kafka', KAFKA_VERSION))).to.deep.equal([]);
  });
});
