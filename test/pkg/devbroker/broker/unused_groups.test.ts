import { expect } from 'chai';
import { startBroker } from '../../../../pkg/devbroker/index.js';
import { protocol } from '../group/harness.js';
import { VirtualClock } from '../group/virtual_clock.js';

describe('devbroker: groups that nobody uses any more', () => {
  it('are forgotten at the interval at which old records are', async () => {
    const clock = new VirtualClock();
    const broker = await startBroker({ clock, retentionCheckMs: 1000, initialRebalanceDelayMs: 0 });
    try {
      const joined = broker.groups.joinGroup({
        groupId: 'g',
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 10_000,
        memberId: '',
        protocolType: 'consumer',
        protocols: [protocol('range')],
        clientId: 'client',
        clientHost: '/127.0.0.1',
        requireKnownMemberId: false,
      });
      await clock.advance(10);
      broker.groups.leaveGroup({ groupId: 'g', members: [await joined] });
      expect(broker.groups.list()).to.have.length(1);
      await clock.advance(1000);
      expect(broker.groups.list()).to.deep.equal([]);
    } finally {
      await broker.stop();
    }
  });
});
