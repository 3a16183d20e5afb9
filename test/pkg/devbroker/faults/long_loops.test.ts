import { expect } from 'chai';
import { rounds, seed } from '../../../support/fault_run.js';
import { coordinatorProperty } from '../group/coordinator_property.js';
import { fuzzDecoder } from '../net/fuzz_decoder.js';

const FRAMES = 100_000;
const RUNS_A_ROUND = 500;

describe(`devbroker: long loops (SEED=${seed})`, function () {
  this.timeout(600_000);

  it(`${FRAMES} random and damaged requests neither crash nor stall the broker`, async () => {
    const { forgotten, failures } = await fuzzDecoder(FRAMES, seed);
    expect(failures).to.deep.equal([]);
    expect(forgotten).to.deep.equal([]);
  });

  it('no interleaving of group requests loses or duplicates a member', async () => {
    await coordinatorProperty(rounds(5) * RUNS_A_ROUND, seed);
  });
});
