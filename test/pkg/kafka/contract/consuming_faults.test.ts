import { expect } from 'chai';
import sinon from 'sinon';
import type { FaultOptions } from '../../../../pkg/devbroker/index.js';
import { createKafkajsDriver, KafkaAdmin, type MessageHandler } from '../../../../pkg/kafka/index.js';
import { eventually } from '../../../support/eventually.js';
import { latenciesWithoutLeader } from '../support/leaderless.js';
import { TwoNodes } from '../support/two_nodes.js';
import { numbered, silent } from './harness.js';

/** Where a batch says how it is compressed, and what no client knows. */
const LOW_ATTRIBUTES = 22;
const UNKNOWN_CODEC = 7;
/** How long kafkajs lets a fetch wait for records, unless it is told; stopping waits for the fetch. */
const KAFKAJS_POLL_MS = 5_000;
/** Of the protocol. */
const TOPIC_AUTHORIZATION_FAILED = 29;

/** Faults that only the embedded broker can be told to have. */
describe('kafka: consuming under faults of the broker', function () {
  this.timeout(30_000);
  let nodes: TwoNodes;

  beforeEach(async () => {
    nodes = await TwoNodes.start();
  });
  afterEach(() => nodes.stop());

  const PASSING: (FaultOptions & { readonly name: string })[] = [
    { name: '17: a lost connection of one node', api: 'Fetch', node: 2, disconnect: 'before' },
    { name: 'a lost answer of a fetch', api: 'Fetch', disconnect: 'after' },
    { name: 'a partition that moves', api: 'Fetch', error: 'NOT_LEADER_OR_FOLLOWER' },
    { name: 'a coordinator that moves', api: 'Heartbeat', error: 'NOT_COORDINATOR' },
    { name: '20: a rebalance', api: 'Heartbeat', error: 'REBALANCE_IN_PROGRESS' },
    { name: 'a generation that is over', api: 'Heartbeat', error: 'ILLEGAL_GENERATION' },
    {
      name: 'a commit that a loading coordinator refuses',
      api: 'OffsetCommit',
      error: 'COORDINATOR_LOAD_IN_PROGRESS',
    },
    { name: 'a commit that a rebalance refuses', api: 'OffsetCommit', error: 'REBALANCE_IN_PROGRESS' },
    { name: 'a lost connection of a commit', api: 'OffsetCommit', disconnect: 'after' },
    { name: 'lost connections to the coordinator', api: 'Heartbeat', disconnect: 'before' },
  ];
  for (const { name, ...fault } of PASSING) {
    it(`${name}: nothing is lost, and everything is committed in the end`, async () => {
      const manager = await nodes.consumer(async (message, context) => {
        // Some work is always under way, some of it longer than a batch is waited for.
        await new Promise((resolve) => setTimeout(resolve, Number(message.offset) % 10 === 3 ? 300 : 2));
        await nodes.inbox.handler(message, context);
      });
      const values = numbered(200);
      const strike = nodes.broker.faults.add({ ...fault, times: 2 });
      for (let from = 0; from < values.length; from += 20) {
        await nodes.send(manager, values.slice(from, from + 20));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await strike.waitUntilUsed();
      await nodes.handled(values);
      await nodes.committed(values.length);
      expect(nodes.crashes()).to.equal(0);
    });
  }

  it('the offsets of a topic are told though a leader has just changed', async () => {
    const { brokers, faults } = nodes.broker;
    const change = faults.add({ api: 'ListOffsets', error: 'NOT_LEADER_OR_FOLLOWER', times: 2 });
    const admin = new KafkaAdmin(createKafkajsDriver({ brokers, clientId: 'admin', logger: silent }));
    expect(await admin.topicOffsets('t')).to.have.length(4);
    await change.waitUntilUsed();
  });

  it('14, 15: a crash that kafkajs would not come back from is followed by a new member', async () => {
    const manager = await nodes.consumer();
    await nodes.send(manager, ['before']);
    await nodes.inbox.has(1);
    nodes.crash();
    await eventually(() => nodes.crashes() > 0);
    expect(manager.health().ok).to.equal(false);
    await nodes.send(manager, ['after']);
    await nodes.inbox.has(2);
    await eventually(() => manager.health().ok);
  });

  it('16: errors now and then over a long life do not add up to a crash', async () => {
    const manager = await nodes.consumer();
    for (let blip = 0; blip < 7; blip += 1) {
      const fault = nodes.broker.faults.add({ api: 'Fetch', topic: 't', error: 'UNKNOWN_SERVER_ERROR' });
      await fault.waitUntilUsed();
      await nodes.send(manager, [`v${blip}`]);
      await nodes.inbox.has(blip + 1);
    }
    expect(nodes.crashes()).to.equal(0);
  }).timeout(15_000);

  it('17: while one node does not answer, the partitions of the other go on', async () => {
    const manager = await nodes.consumer();
    await nodes.send(manager, ['begin']);
    await nodes.inbox.has(1);
    const silence = nodes.broker.faults.add({ api: 'Fetch', node: 2, disconnect: 'before', times: Infinity });
    const healthy = [0, 1, 2, 3].filter((partition) => nodes.broker.leaderOf('t', partition) === 1);
    for (let round = 0; round < 5; round += 1) {
      const before = nodes.inbox.messages.length;
      for (const partition of healthy) await manager.sendMessage('t', 'k', `r${round}`, { partition });
      await nodes.inbox.has(before + healthy.length, 4_000);
    }
    silence.remove();
    const others = [0, 1, 2, 3].filter((partition) => !healthy.includes(partition));
    const before = nodes.inbox.messages.length;
    for (const partition of others) await manager.sendMessage('t', 'k', 'late', { partition });
    await nodes.inbox.has(before + others.length);
  });

  it('a partition whose records are damaged rests alone, and is read once they are mended', async () => {
    const log = nodes.broker.topics.get('t')?.partitions[0];
    if (log === undefined) throw new Error('the topic has no partition');
    const damage = sinon.stub(log, 'read').callsFake((...args) =>
      damage.wrappedMethod.call(log, ...args).map((bytes) => {
        const copy = Buffer.from(bytes);
        copy.writeInt8(UNKNOWN_CODEC, LOW_ATTRIBUTES);
        return copy;
      }),
    );
    const manager = await nodes.consumer();
    await manager.sendMessage('t', 'k', 'damaged', { partition: 0 });
    for (let round = 0; round < 5; round += 1) {
      for (const partition of [1, 2, 3]) await manager.sendMessage('t', 'k', `r${round}`, { partition });
      await nodes.inbox.has(3 * (round + 1), 4_000);
    }
    expect(nodes.inbox.values).not.to.include('damaged');
    expect(nodes.warnings.join('\n')).to.match(/t\/0: the batch at offset 0 .*compress/);
    const { ok, problems } = manager.health();
    expect(ok).to.equal(false);
    expect(problems.join()).to.match(/cannot read t\/0: the batch at offset 0/);
    damage.restore();
    await eventually(() => nodes.inbox.values.includes('damaged'));
    expect(manager.health().ok).to.equal(true);
    expect(nodes.crashes()).to.equal(0);
  });

  it('a right to read that is taken away stops its topic alone, is told with its mend, and goes on when it is back', async () => {
    const manager = await nodes.consumer();
    const refusal = nodes.broker.faults.add({
      api: 'Fetch',
      topic: 't',
      partition: 0,
      error: TOPIC_AUTHORIZATION_FAILED,
      times: Infinity,
    });
    await manager.sendMessage('t', 'k', 'kept back', { partition: 0 });
    await refusal.waitUntilUsed(3);
    for (const partition of [1, 2, 3]) await manager.sendMessage('t', 'k', 'other', { partition });
    await nodes.inbox.has(3, 4_000);
    const right = 'this client lacks a right on the topic t: grant its user READ on it';
    expect(manager.health()).to.deep.include({
      ok: false,
      problems: [`group group cannot read t/0: ${right}`],
    });
    expect(nodes.warnings.filter((line) => line.includes(right))).to.have.length(1);
    refusal.remove();
    await eventually(() => nodes.inbox.values.includes('kept back'));
    expect(manager.health().ok).to.equal(true);
    expect(nodes.crashes()).to.equal(0);
  });

  it('17: a partition without a leader holds up no other one, not of its node either', async () => {
    const { latencies, sent, early, late } = await latenciesWithoutLeader(1_000);
    expect(latencies, 'of the others, while it has no leader').to.have.length(sent);
    expect({ early, late }, 'its own').to.deep.equal({ early: false, late: true });
  });

  it('23: stopping an idle or paused consumer waits for a short poll at most', async () => {
    for (const isPaused of [false, true]) {
      const manager = await nodes.consumer();
      if (isPaused) manager.pause('t');
      else await nodes.broker.faults.add({ api: 'Fetch', delayMs: 1 }).waitUntilUsed();
      const from = performance.now();
      await manager.stopConsumer('t');
      expect(performance.now() - from).to.be.lessThan(KAFKAJS_POLL_MS / 2);
    }
  });

  it('a start can be given up while the group does not let the member in', async () => {
    const closed = nodes.broker.faults.add({ api: 'JoinGroup', hold: 'before', times: Infinity });
    const starting = nodes.consumer().then(
      () => 'started',
      () => 'given up',
    );
    await closed.waitUntilUsed();
    const from = performance.now();
    await nodes.managers[0]?.close();
    expect(performance.now() - from).to.be.lessThan(2_000);
    expect(await starting).to.equal('given up');
  });

  it('20: what is done is committed before the group is joined anew, so that it is not handled twice', async () => {
    const manager = await nodes.consumer(undefined, { group: { commitIntervalMs: 60_000 } });
    const values = numbered(20);
    await nodes.send(manager, values);
    await nodes.inbox.has(values.length);
    nodes.broker.faults.add({ api: 'Heartbeat', error: 'REBALANCE_IN_PROGRESS', times: 4 });
    await eventually(() => nodes.events.filter(({ type }) => type === 'rebalanced').length > 1);
    for (const partition of [0, 1, 2, 3]) await manager.sendMessage('t', 'k', 'after', { partition });
    await eventually(() => nodes.inbox.values.filter((value) => value === 'after').length === 4);
    expect(nodes.inbox.values).to.have.length(values.length + 4);
  });

  it('a dead letter is written though the application may not send, and its own producer is slow', async () => {
    const manager = await nodes.consumer(
      async () => {
        throw new Error('always');
      },
      { onExhausted: 'dead-letter', retry: { maxAttempts: 1 } },
    );
    await nodes.send(manager, ['poison']);
    await manager.disableProducer();
    await eventually(() => nodes.events.some(({ type }) => type === 'dead-lettered'));
    await nodes.committed(1);
  });

  it('20: an assignment is over when the group is asked to be joined, not only when it is', async () => {
    const manager = await nodes.consumer();
    await nodes.send(manager, ['before']);
    await nodes.inbox.has(1);
    const assigned = () => manager.getStatus().consumers.flatMap((consumer) => consumer.assigned);
    const joining = nodes.broker.faults.add({ api: 'JoinGroup', hold: 'after' });
    const rebalance = nodes.broker.faults.add({
      api: 'Heartbeat',
      error: 'REBALANCE_IN_PROGRESS',
      times: Infinity,
    });
    await joining.waitUntilUsed();
    rebalance.remove();
    expect(assigned()).to.deep.equal([]);
    joining.release();
    await eventually(() => assigned().length === 4);
  });

  it('20: a member that joins while handlers run costs no message, and each is handled in one place at a time', async () => {
    const running = new Set<string>();
    const twice: string[] = [];
    const handler: MessageHandler = async (message, context) => {
      const place = `${message.partition}/${message.offset}`;
      if (running.has(place)) twice.push(place);
      running.add(place);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running.delete(place);
      if (!context.signal.aborted) await nodes.inbox.handler(message, context);
    };
    const first = await nodes.consumer(handler);
    const values = numbered(400);
    await nodes.send(first, values.slice(0, 200));
    await nodes.inbox.has(20);
    await nodes.consumer(handler);
    await nodes.send(first, values.slice(200));
    await nodes.inbox.has(220);
    await nodes.managers[1]?.close();
    await nodes.handled(values);
    await nodes.committed(values.length);
    expect(twice).to.deep.equal([]);
  });
});
