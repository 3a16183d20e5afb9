import { expect } from 'chai';
import { stopUnderLoad } from './sigterm.js';

describe('cmd/app under load', function () {
  this.timeout(90_000);

  it('loses nothing at SIGTERM that it has accepted, and exits 0', async () => {
    const { handledMeanwhile } = await stopUnderLoad({ rate: 200, forMs: 1_000 });
    expect(handledMeanwhile).to.be.greaterThan(0);
  });
});
