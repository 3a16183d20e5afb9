import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { shareBroker } from '../../../../pkg/devbroker/index.js';
import { rejection } from '../../../support/caught.js';

describe('a broker that programs share', () => {
  let folder: string;
  let problems: string[];

  beforeEach(() => {
    problems = [];
    folder = mkdtempSync(join(tmpdir(), 'shared-broker-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const share = async (mayStart: boolean) =>
    shareBroker({ folder, mayStart, onProblem: (message) => problems.push(message) });
  const shareAndStop = async () => {
    const shared = await share(true);
    await shared?.stop();
    return shared?.brokers;
  };

  it('is started by the first, found by the others, and gone with the first', async () => {
    expect(await share(false)).to.equal(null);
    const first = await share(true);
    const second = await share(true);
    expect([first?.owner, second?.owner]).to.deep.equal([null, process.pid]);
    expect(second?.brokers).to.deep.equal(first?.brokers);
    await second?.stop();
    expect((await share(false))?.brokers).to.deep.equal(first?.brokers);
    await first?.stop();
    expect(await share(false)).to.equal(null);
  });

  it('is one, however many start at once', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => share(true)));
    expect(all.filter((one) => one?.owner === null)).to.have.length(1);
    expect(new Set(all.flatMap((one) => one?.brokers ?? [])).size).to.equal(1);
    await all.find((one) => one?.owner === null)?.stop();
  });

  it('does not run on where others cannot be told of it', async () => {
    const inTheWay = join(folder, 'run.json.tmp');
    mkdirSync(inTheWay);
    expect((await rejection(share(true), Error)).message).to.include(inTheWay);
    rmSync(inTheWay, { recursive: true });
    expect(await shareAndStop(), 'the data are free').to.have.length(1);
  });

  it('runs where its port cannot be kept for the next time, and says so', async () => {
    const file = join(folder, 'broker.port');
    symlinkSync(join(folder, 'nowhere', 'port'), file);
    expect(await shareAndStop()).to.have.length(1);
    expect(problems.join()).to.include(file);
  });

  it('writes its port only where it is another one', async () => {
    const brokers = await shareAndStop();
    const file = join(folder, 'broker.port');
    utimesSync(file, 0, 0);
    expect(await shareAndStop()).to.deep.equal(brokers);
    expect(statSync(file).mtimeMs).to.equal(0);
  });
});
