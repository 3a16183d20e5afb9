import { expect } from 'chai';
import { fuzzDecoder } from './fuzz_decoder.js';

const FRAMES = 3000;
const SEED = 20_261_121;

describe('random and damaged requests', () => {
  it('are answered or refused, and neither crash the broker nor make it hoard memory', async () => {
    const heapBefore = process.memoryUsage().heapUsed;
    const { answered, refused, silent, failures } = await fuzzDecoder(FRAMES, SEED);
    expect(failures).to.deep.equal([]);
    expect(answered + refused + silent).to.equal(FRAMES);
    // Both kinds must be there, or the frames test nothing.
    expect(answered).to.be.greaterThan(FRAMES / 10);
    expect(refused).to.be.greaterThan(FRAMES / 10);
    expect((process.memoryUsage().heapUsed - heapBefore) / 1e6, 'megabytes').to.be.lessThan(200);
  });
});
