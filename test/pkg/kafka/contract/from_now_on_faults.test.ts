import { expect } from 'chai';
import { GroupJoinFailed } from '../../../../pkg/kafka/index.js';
import { rejection } from '../../../support/caught.js';
import { eventually } from '../../../support/eventually.js';
import { TwoNodes } from '../support/two_nodes.js';

const FROM_NOW_ON = { fromBeginning: false } as const;
const ALL = [0, 1, 2, 3];

/** Faults that only the embedded broker can be told to have. */
describe('kafka: fromBeginning: false under faults of the broker', function () {
  this.timeout(30_000);
  let nodes: TwoNodes;

  beforeEach(async () => {
    nodes = await TwoNodes.start();
  });
  afterEach(() => nodes.stop());

  const committed = () =>
    ALL.map((partition) => nodes.broker.offsets.fetch('group', { topic: 't', partition })?.offset);

  /** Has nobody tell the ends of partition 0. */
  const hideFirstLog = () =>
    nodes.broker.faults.add({
      api: 'ListOffsets',
      topic: 't',
      partition: 0,
      error: 'NOT_LEADER_OR_FOLLOWER',
      times: Infinity,
    });

  it('handles what is sent while its only member, which got nothing before, comes back from a crash', async () => {
    const manager = await nodes.consumer(undefined, FROM_NOW_ON);
    nodes.crash();
    await eventually(() => nodes.crashes() > 0);
    for (const partition of ALL) await manager.sendMessage('t', 'k', `v${partition}`, { partition });
    await nodes.inbox.has(ALL.length);
  });

  it('start() resolves once the start of each partition is committed, though that fails at first', async () => {
    const fault = nodes.broker.faults.add({ api: 'OffsetCommit', error: 'UNKNOWN_SERVER_ERROR', times: 3 });
    await nodes.consumer(undefined, FROM_NOW_ON);
    await fault.waitUntilUsed();
    expect(committed()).to.deep.equal([0n, 0n, 0n, 0n]);
    expect(nodes.crashes()).to.equal(0);
  });

  it('start() fails, and says why, where no start can be committed in its time', async () => {
    nodes.broker.faults.add({ api: 'OffsetCommit', error: 'UNKNOWN_SERVER_ERROR', times: Infinity });
    const starting = nodes.consumer(undefined, { ...FROM_NOW_ON, group: { startTimeoutMs: 1_500 } });
    const { message } = await rejection(starting, GroupJoinFailed);
    expect(message).to.match(/t\/\d has no position to start from/);
  });

  it('a partition whose log cannot be asked is settled later, and holds up no other one', async () => {
    const fault = hideFirstLog();
    const starting = nodes.consumer(undefined, FROM_NOW_ON);
    await eventually(() => committed().filter((offset) => offset !== undefined).length === 3);
    const [manager] = nodes.managers;
    for (const partition of [1, 2, 3]) await manager?.sendMessage('t', 'k', `v${partition}`, { partition });
    await nodes.inbox.has(3, 4_000);
    await starting;
    expect(nodes.warnings.join()).to.include('partitions have no position to start from yet');
    fault.remove();
    await eventually(() => committed()[0] === 0n);
    await manager?.sendMessage('t', 'k', 'v0', { partition: 0 });
    await nodes.inbox.has(4);
    expect(nodes.crashes()).to.equal(0);
  });

  it('partitions of a node that is silent about its logs hold up no other one', async () => {
    const fault = nodes.broker.faults.add({ api: 'ListOffsets', node: 2, drop: true, times: Infinity });
    const others = ALL.filter((partition) => nodes.broker.leaderOf('t', partition) === 1);
    const starting = nodes.consumer(undefined, FROM_NOW_ON);
    await eventually(() => others.every((partition) => committed()[partition] !== undefined));
    const [manager] = nodes.managers;
    for (let round = 1; round <= 5; round += 1) {
      for (const partition of others) await manager?.sendMessage('t', 'k', `r${round}`, { partition });
      await nodes.inbox.has(others.length * round, 2_000);
    }
    await starting;
    fault.remove();
    await eventually(() => committed().every((offset) => offset !== undefined), { timeoutMs: 20_000 });
  });

  it('a group from the beginning is held up by no partition whose log cannot be asked either', async () => {
    const fault = hideFirstLog();
    const manager = await nodes.consumer();
    for (const partition of ALL) await manager.sendMessage('t', 'k', `v${partition}`, { partition });
    await nodes.inbox.has(3, 4_000);
    fault.remove();
    await nodes.inbox.has(4);
  });
});
