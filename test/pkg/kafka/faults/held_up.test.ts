import { expect } from 'chai';
import { InfrastructureError } from '../../../../pkg/kafka/index.js';
import { closeAll } from '../contract/harness.js';
import { latenciesWithoutLeader } from '../support/leaderless.js';
import { shareWhileHeldUp } from '../support/held_up.js';

const HANDLER_MS = 20_000;
const PAUSE_MS = 30_000;
const LEADERLESS_MS = 10_000;

describe('kafka: what holds a partition up for long', function () {
  this.timeout(120_000);
  afterEach(closeAll);

  it('41: a handler of 20 s leaves the other partitions and topics 90 % of their rate', async () => {
    const { handled, sent } = await shareWhileHeldUp({
      holdUpMs: HANDLER_MS,
      handler: () => new Promise((resolve) => setTimeout(resolve, HANDLER_MS)),
    });
    expect(handled).to.be.at.least(0.9 * sent);
  });

  it('41: so does a wait of 30 s for infrastructure', async () => {
    let until: number | undefined;
    const { handled, sent } = await shareWhileHeldUp({
      holdUpMs: PAUSE_MS,
      handler: async () => {
        until ??= Date.now() + PAUSE_MS;
        if (Date.now() < until) throw new InfrastructureError('down');
      },
    });
    expect(handled).to.be.at.least(0.9 * sent);
  });

  it('a partition without a leader for 10 s: the others send and consume with a p99 below 100 ms', async () => {
    const { latencies, late } = await latenciesWithoutLeader(LEADERLESS_MS);
    expect(latencies.length).to.be.greaterThan(LEADERLESS_MS / 100);
    latencies.sort((a, b) => a - b);
    expect(latencies[Math.floor(latencies.length * 0.99)]).to.be.lessThan(100);
    expect(late, 'messages of the partition itself that came afterwards').to.equal(true);
  });
});
