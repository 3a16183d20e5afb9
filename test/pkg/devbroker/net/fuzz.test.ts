import { expect } from 'chai';
import { fuzzDecoder } from './fuzz_decoder.js';

const FRAMES = 3000;
const SEED = 20_261_121;

describe('random and damaged requests', () => {
  it('are answered or refused in time, and neither crash the broker nor make it hoard memory', async function () {
    this.timeout(60_000);
    const heapBefore = process.memoryUsage().heapUsed;
    const outcome = await fuzzDecoder(FRAMES, SEED);
    expect(outcome.failures).to.deep.equal([]);
    expect(outcome.forgotten).to.deep.equal([]);
    // Every kind must be there, or the frames test nothing.
    expect(outcome.answered).to.be.greaterThan(FRAMES / 10);
    expect(outcome.refused).to.be.greaterThan(FRAMES / 10);
    expect(outcome.held).to.be.greaterThan(FRAMES / 100);
    expect(outcome.unanswered).to.be.greaterThan(0);
    expect(outcome.peakBytes / 1e6, 'megabytes outside the heap').to.be.lessThan(50);
    expect((process.memoryUsage().heapUsed - heapBefore) / 1e6, 'megabytes').to.be.lessThan(200);
  });
});
