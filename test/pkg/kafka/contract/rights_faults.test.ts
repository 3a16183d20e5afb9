import { expect } from 'chai';
import { readPartition, TopicFollower } from '../../../../pkg/kafka/index.js';
import { eventually } from '../../../support/eventually.js';
import { TwoNodes } from '../support/two_nodes.js';

/** Of the protocol. */
const TOPIC_AUTHORIZATION_FAILED = 29;
const GROUP_AUTHORIZATION_FAILED = 30;

/** What brokers ask for the right to READ a group for. */
const OF_A_MEMBER = ['Heartbeat', 'JoinGroup', 'OffsetCommit'] as const;

describe('kafka: a right that is taken away while clients run', function () {
  this.timeout(30_000);
  let nodes: TwoNodes;

  beforeEach(async () => {
    nodes = await TwoNodes.start();
  });
  afterEach(() => nodes.stop());

  /** The lines of the log that somebody is to look at. */
  const told = (): string[] => [...nodes.log.at('warn'), ...nodes.log.at('error')];

  it('to READ a group is told in one line that names the group, and by the health', async () => {
    const manager = await nodes.consumer();
    const refusals = OF_A_MEMBER.map((api) =>
      nodes.broker.faults.add({ api, error: GROUP_AUTHORIZATION_FAILED, times: Infinity }),
    );
    await eventually(() => nodes.crashes() >= 3, { timeoutMs: 20_000 });
    const right = 'this client lacks a right on the group group: grant its user READ on it';
    expect(told()).to.deep.equal([`Kafka: ${right}`]);
    expect(nodes.log.lines.find(({ level }) => level === 'error')?.fields).to.deep.equal({});
    expect(manager.health().problems).to.deep.equal([`group group is recovering: ${right}`]);
    for (const refusal of refusals) refusal.remove();
    await eventually(() => manager.health().ok, { timeoutMs: 20_000 });
    expect(manager.getStatus().consumers[0]?.reason).to.equal(null);
  });

  it('to see a topic, which a member that joins anew needs, is told in one line that names it, and by the health', async () => {
    const manager = await nodes.consumer();
    const refusal = nodes.broker.faults.add({
      api: 'Metadata',
      topic: 't',
      error: TOPIC_AUTHORIZATION_FAILED,
      times: Infinity,
    });
    nodes.broker.faults.add({ api: 'Heartbeat', error: 'REBALANCE_IN_PROGRESS', times: 2 });
    await eventually(() => nodes.crashes() >= 3, { timeoutMs: 20_000 });
    const right = 'this client lacks a right on the topic t: grant its user READ on it';
    expect(told()).to.deep.equal([`Kafka: ${right}`]);
    expect(manager.health().problems).to.deep.equal([`group group is recovering: ${right}`]);
    refusal.remove();
    await eventually(() => manager.health().ok, { timeoutMs: 20_000 });
  });

  it('to READ a topic is told in one line for all partitions, of its consumers and its views', async () => {
    const manager = await nodes.consumer();
    const follower = new TopicFollower({
      topic: 't',
      countPartitions: async () => 4,
      read: (options) => readPartition(nodes.driver(), options),
      handle: async () => undefined,
      logger: nodes.log,
      pauseMs: 5,
    });
    await follower.start();
    const refuse = (api: 'Fetch' | 'OffsetCommit') =>
      nodes.broker.faults.add({ api, topic: 't', error: TOPIC_AUTHORIZATION_FAILED, times: Infinity });
    const commits = refuse('OffsetCommit');
    await nodes.send(manager, ['before']);
    await nodes.inbox.has(1);
    const refusal = refuse('Fetch');
    await commits.waitUntilUsed(10);
    const right = 'this client lacks a right on the topic t: grant its user READ on it';
    await eventually(() => follower.status().reason !== undefined && !manager.health().ok);
    await refusal.waitUntilUsed(40);
    expect(told()).to.deep.equal([`Kafka: ${right}`]);
    expect(follower.status().reason).to.equal(right);
    expect(follower.status().stuckAt).to.match(/^t\[\d\]@\d$/);
    expect(manager.health().problems).to.include(`group group cannot read t/0: ${right}`);
    for (const fault of [refusal, commits]) fault.remove();
    await nodes.committed(1);
    await eventually(() => manager.health().ok && follower.status().reason === undefined);
    await follower.stop();
  });

  it('to WRITE dead letters is told in one line, and one for the partition that waits says for which message', async () => {
    const manager = await nodes.consumer(() => Promise.reject(new Error('always')), {
      onExhausted: 'dead-letter',
      retry: { maxAttempts: 1 },
    });
    const refusal = nodes.broker.faults.add({
      api: 'Produce',
      topic: 't.group-dlt',
      error: TOPIC_AUTHORIZATION_FAILED,
      times: Infinity,
    });
    await manager.sendMessage('t', 'k', 'poison', { partition: 2 });
    await refusal.waitUntilUsed(3);
    const right = 'this client lacks a right on the topic t.group-dlt: grant its user WRITE on it';
    expect(told()).to.have.members([
      `Kafka: ${right}`,
      'a failed message cannot be set aside; its partition waits',
    ]);
    const line = nodes.log.lines.find(({ message }) => message.includes('cannot be set aside'));
    expect(line?.fields).to.include({ topic: 't', partition: 2, offset: '0', failure: 'always' });
    expect(line?.fields['error']).to.be.a('string').that.contains(right);
    expect(manager.health().problems.join())
      .to.contain(`cannot write a dead letter of t/2`)
      .and.contain(right);
    refusal.remove();
    await eventually(() => manager.health().ok, { timeoutMs: 20_000 });
  });
});
