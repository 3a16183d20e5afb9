import { expect } from 'chai';
import { rounds } from '../../../support/fault_run.js';
import { stopUnderLoad } from '../sigterm.js';

const ROUNDS = rounds(1);

describe('cmd/app under a load of 1,000 requests per second', function () {
  this.timeout(ROUNDS * 180_000);

  it(`loses nothing at SIGTERM that it has accepted, and exits 0, in ${ROUNDS} rounds`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { handledMeanwhile } = await stopUnderLoad({
        rate: 1_000,
        forMs: 5_000 + 777 * (round % 5),
        drainMs: 8_000,
      });
      expect(handledMeanwhile).to.be.greaterThan(0);
    }
  });
});
