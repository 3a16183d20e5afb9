import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { killLoop } from './kill_loop.js';

const rounds = Number(process.env['ROUNDS'] ?? 5);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describe('devbroker: faults', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kill-loop-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it(`a broker killed ${rounds} times under load loses nothing that it acknowledged (SEED=${seed})`, async function () {
    this.timeout(10_000 + 5_000 * rounds);
    const { batches, commits } = await killLoop({ folder, rounds, seed });
    expect(batches).to.be.at.least(1);
    expect(batches + commits).to.be.at.least(rounds);
  });
});
