import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { settlesWithin } from '../../../../pkg/kafka/async.js';
import { InfrastructureError } from '../../../../pkg/kafka/index.js';
import { closeAll } from '../contract/harness.js';
import { latenciesWithoutLeader } from '../support/leaderless.js';
import { TwoNodes } from '../support/two_nodes.js';
import { shareWhileHeldUp } from './share_while_held_up.js';

const HANDLER_MS = 20_000;
const PAUSE_MS = 30_000;
const LEADERLESS_MS = 10_000;
const SILENT_MS = 24_000;
const BETWEEN_MS = 30;
/** kafkajs waits for any answer for so long. */
const REQUEST_MS = 30_000;

describe('kafka: what holds a partition up for long', function () {
  this.timeout(120_000);
  afterEach(closeAll);

  it('41: a handler of 20 s leaves the other partitions and topics 90 % of their rate', async () => {
    const { handled, sent } = await shareWhileHeldUp({
      holdUpMs: HANDLER_MS,
      handler: () => setTimeout(HANDLER_MS),
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

  it('17: a node that does not answer for four session timeouts slows nothing of the other one down', async () => {
    const nodes = await TwoNodes.start();
    try {
      const manager = await nodes.consumer();
      await nodes.send(manager, ['begin']);
      await nodes.inbox.has(1);
      nodes.broker.faults.add({ api: 'Fetch', node: 2, disconnect: 'before', times: Infinity });
      const partition = [0, 1, 2, 3].find((each) => nodes.broker.leaderOf('t', each) === 1) ?? 0;
      const latencies: number[] = [];
      for (const endsAt = performance.now() + SILENT_MS; performance.now() < endsAt;) {
        const sentAt = performance.now();
        await manager.sendMessage('t', 'k', 'm', { partition });
        await nodes.inbox.has(latencies.length + 2);
        latencies.push(performance.now() - sentAt);
        await setTimeout(BETWEEN_MS);
      }
      latencies.sort((a, b) => a - b);
      expect(latencies[Math.floor(latencies.length * 0.99)]).to.be.lessThan(500);
      expect(nodes.crashes()).to.equal(0);
    } finally {
      await nodes.stop();
    }
  });

  it('46: a node that is silent lets the group come together in a third of the time of a request', async () => {
    const nodes = await TwoNodes.start();
    try {
      await nodes.send(await nodes.consumer(), ['begin']);
      await nodes.inbox.has(1);
      const silent = nodes.broker.faults.add({ api: 'Fetch', node: 2, drop: true, times: Infinity });
      await silent.waitUntilUsed();
      const joining = nodes.consumer();
      expect(await settlesWithin(joining, REQUEST_MS / 3), 'another member joined').to.equal(true);
      await joining;
      expect(nodes.crashes()).to.equal(0);
    } finally {
      await nodes.stop();
    }
  });
});
