import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { rounds, seed } from '../../../support/fault_run.js';
import { killLoop } from './kill_loop.js';

const kills = rounds(5);

describe('devbroker: faults', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kill-loop-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it(`a broker killed ${kills} times under load loses nothing that it acknowledged (SEED=${seed})`, async function () {
    this.timeout(10_000 + 5_000 * kills);
    const { batches, commits } = await killLoop({ folder, rounds: kills, seed });
    expect(batches).to.be.at.least(1);
    expect(batches + commits).to.be.at.least(kills);
  });
});
