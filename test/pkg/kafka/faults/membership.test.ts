import { expect } from 'chai';
import { eventually } from '../../../support/eventually.js';
import { numbered } from '../contract/harness.js';
import { TwoNodes } from '../support/two_nodes.js';

describe('kafka: a membership over time', function () {
  this.timeout(60_000);
  let nodes: TwoNodes;

  beforeEach(async () => {
    nodes = await TwoNodes.start();
  });
  afterEach(() => nodes.stop());

  it('19: a handler may take longer than the session timeout: the membership is kept alive meanwhile', async () => {
    const attempts: number[] = [];
    const manager = await nodes.consumer(async (_message, { attempt }) => {
      attempts.push(attempt);
      await new Promise((resolve) => setTimeout(resolve, 7_000));
    });
    await nodes.send(manager, ['long']);
    // The broker takes the commit only from a member that it did not give up.
    await nodes.committed(1);
    expect(attempts).to.deep.equal([1]);
  });

  it('43: a member that the broker forgot, and that could not join again at first, comes back', async () => {
    const manager = await nodes.consumer();
    await nodes.send(manager, ['before']);
    await nodes.handled(['before']);
    const { faults } = nodes.broker;
    const failed = faults.add({ api: 'JoinGroup', disconnect: 'before' });
    faults.add({ api: 'Heartbeat', error: 'UNKNOWN_MEMBER_ID', times: 2 });
    await failed.waitUntilUsed();
    await nodes.send(manager, ['after']);
    await nodes.handled(['before', 'after']);
  });

  it('20: a heartbeat tells that the membership is lost: handlers are aborted at once', async () => {
    const reasons: string[] = [];
    let begun = false;
    const manager = await nodes.consumer(async (_message, { signal }) => {
      begun = true;
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
        setTimeout(resolve, 20_000).unref();
      });
      reasons.push(String(signal.reason));
    });
    await nodes.send(manager, ['long']);
    await eventually(() => begun);
    // The client's own heartbeats are held up, so that only those of this package can tell.
    const held = nodes.broker.faults.add({ api: 'Fetch', delayMs: 10_000, times: Infinity });
    await held.waitUntilUsed(2); // by the fetches from both nodes
    nodes.broker.faults.add({ api: 'Heartbeat', error: 'ILLEGAL_GENERATION', times: 1 });
    await eventually(() => reasons.length > 0, { timeoutMs: 9_000 });
    expect(reasons[0]).to.contain('the partition was taken away');
  });

  it('20: a member that the broker forgot comes back: nothing is lost, and everything is committed in the end', async () => {
    const manager = await nodes.consumer();
    const forgotten = nodes.broker.faults.add({ api: 'Heartbeat', error: 'UNKNOWN_MEMBER_ID', times: 2 });
    const values = numbered(200);
    await nodes.send(manager, values.slice(0, 100));
    await forgotten.waitUntilUsed();
    await nodes.send(manager, values.slice(100));
    await nodes.handled(values);
    await nodes.committed(values.length);
    expect(nodes.crashes()).to.equal(0);
  });
});
