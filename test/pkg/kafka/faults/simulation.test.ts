import { expect } from 'chai';
import { rounds, seed } from '../../../support/fault_run.js';
import { Simulation, type Outcome } from './simulation/simulation.js';
import { VirtualTime } from './simulation/virtual_time.js';

async function simulate(of: number): Promise<Outcome> {
  const time = new VirtualTime(of);
  try {
    return await Simulation.run(of, time);
  } finally {
    time.end();
  }
}

/**
 * The real kafkajs on the real embedded broker, with the network in memory and the clock in the test's hands.
 * A failing seed is repeated by `make test-faults ROUNDS=1 SEED=<seed>`.
 */
describe('kafka: a group under simulated mishaps', function () {
  this.timeout(120_000);

  it(`the same seed is the same run (seed ${seed})`, async () => {
    const first = await simulate(seed);
    expect((await simulate(seed)).digest).to.equal(first.digest);
  });

  for (let i = 0; i < rounds(5); i += 1) {
    it(`seed ${seed + i}: nothing is lost or committed early, keys keep their order, and the lag goes to 0`, async () => {
      const { violations, generations } = await simulate(seed + i);
      expect(violations).to.deep.equal([]);
      expect(generations, 'rebalances').to.be.greaterThan(3);
    });
  }
});
