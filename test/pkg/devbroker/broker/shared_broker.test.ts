import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { shareBroker } from '../../../../pkg/devbroker/index.js';

describe('a broker that programs share', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shared-broker-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const share = async (mayStart: boolean) => shareBroker({ folder, mayStart, onProblem: () => undefined });

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
});
