import { expect } from 'chai';
import { startBroker, type Broker, type FaultOptions } from '../../../../pkg/devbroker/index.js';
import {
  createKafkajsDriver,
  KafkaManager,
  type ConsumerEvent,
  type MessageHandler,
  type SubscriptionOptions,
} from '../../../../pkg/kafka/index.js';
import { eventually } from '../../../support/eventually.js';
import { Inbox, numbered, silent } from './harness.js';

const GROUP = 'group';
/** Of the protocol. */
const GROUP_AUTHORIZATION_FAILED = 30;

/** Faults that only the embedded broker can be told to have. */
describe('kafka: consuming under faults of the broker', function () {
  this.timeout(30_000);
  let broker: Broker;
  let inbox: Inbox;
  let events: ConsumerEvent[];
  let managers: KafkaManager[];

  beforeEach(async () => {
    broker = await startBroker({ advertisedNodes: 2, topics: { t: 4 } });
    inbox = new Inbox();
    events = [];
    managers = [];
  });
  afterEach(async () => {
    broker.faults.clear();
    await Promise.all(managers.map((manager) => manager.close()));
    await broker.stop();
  });

  async function consumer(
    handler: MessageHandler = inbox.handler,
    options: SubscriptionOptions = {},
  ): Promise<KafkaManager> {
    const driver = createKafkajsDriver({ brokers: broker.brokers, clientId: 'faults', logger: silent });
    const manager = new KafkaManager(driver, {
      consumer: { sessionTimeoutMs: 6_000, heartbeatIntervalMs: 200, commitIntervalMs: 50 },
      onEvent: (event) => events.push(event),
    });
    managers.push(manager);
    manager.addConsumer('t', GROUP, handler, { replays: false, onExhausted: 'block', ...options });
    await manager.startAllConsumers();
    return manager;
  }

  async function send(manager: KafkaManager, values: readonly string[]): Promise<void> {
    const results = await manager.sendMessages(values.map((value) => ({ topic: 't', key: value, value })));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  const committed = () =>
    [0, 1, 2, 3].reduce(
      (sum, partition) => sum + Number(broker.offsets.fetch(GROUP, { topic: 't', partition })?.offset ?? 0n),
      0,
    );
  const all = (values: readonly string[]) =>
    eventually(() => new Set(inbox.values).size >= values.length, {
      timeoutMs: 20_000,
      what: () => `${values.length} messages, got ${new Set(inbox.values).size}`,
    });
  /** Makes the client's heartbeats fail for good, and those of this package beside it. */
  const crash = () => broker.faults.add({ api: 'Heartbeat', error: GROUP_AUTHORIZATION_FAILED, times: 4 });
  const crashes = () => events.filter(({ type }) => type === 'crashed').length;

  const PASSING: (FaultOptions & { readonly name: string })[] = [
    { name: '17: a lost connection of one node', api: 'Fetch', node: 2, disconnect: 'before' },
    { name: '12: a lost answer of a fetch', api: 'Fetch', disconnect: 'after' },
    { name: 'a partition that moves', api: 'Fetch', error: 'NOT_LEADER_OR_FOLLOWER' },
    { name: 'a coordinator that moves', api: 'Heartbeat', error: 'NOT_COORDINATOR' },
    { name: '20: a rebalance', api: 'Heartbeat', error: 'REBALANCE_IN_PROGRESS' },
    { name: 'a member that the broker forgot', api: 'Heartbeat', error: 'UNKNOWN_MEMBER_ID' },
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
      const manager = await consumer(async (message, context) => {
        // Some work is always under way, some of it longer than a batch is waited for.
        await new Promise((resolve) => setTimeout(resolve, Number(message.offset) % 10 === 3 ? 300 : 2));
        await inbox.handler(message, context);
      });
      const values = numbered(200);
      const strike = broker.faults.add({ ...fault, times: 2 });
      for (let from = 0; from < values.length; from += 20) {
        await send(manager, values.slice(from, from + 20));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await strike.waitUntilUsed();
      await all(values);
      await eventually(committedAll(values.length), { timeoutMs: 20_000, what: 'the end to be committed' });
      expect(crashes()).to.equal(0);
    });
  }
  const committedAll = (count: number) => () => committed() === count;

  it('14, 15: a crash that kafkajs would not come back from is followed by a new member', async () => {
    const manager = await consumer();
    await send(manager, ['before']);
    await inbox.has(1);
    crash();
    await eventually(() => crashes() > 0);
    expect(manager.health().ok).to.equal(false);
    await send(manager, ['after']);
    await inbox.has(2);
    await eventually(() => manager.health().ok);
  });

  it('22, N5: a consumer that is stopped while it recovers from a crash handles nothing any more', async () => {
    const manager = await consumer();
    await send(manager, ['before']);
    await inbox.has(1);
    crash();
    await eventually(() => crashes() > 0);
    await manager.stopConsumer('t');
    await send(manager, ['after']);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(inbox.values).to.deep.equal(['before']);
  });

  it('16: errors now and then over a long life do not add up to a crash', async () => {
    const manager = await consumer();
    for (let blip = 0; blip < 7; blip += 1) {
      const fault = broker.faults.add({ api: 'Fetch', topic: 't', error: 'UNKNOWN_SERVER_ERROR' });
      await fault.waitUntilUsed();
      await send(manager, [`v${blip}`]);
      await inbox.has(blip + 1, 20_000);
    }
    expect(crashes()).to.equal(0);
  });

  it('17: while one node does not answer, the partitions of the other go on', async () => {
    const manager = await consumer();
    await send(manager, ['begin']);
    await inbox.has(1);
    const silence = broker.faults.add({ api: 'Fetch', node: 2, disconnect: 'before', times: Infinity });
    const healthy = [0, 1, 2, 3].filter((partition) => broker.leaderOf('t', partition) === 1);
    for (let round = 0; round < 5; round += 1) {
      const before = inbox.messages.length;
      for (const partition of healthy) await manager.sendMessage('t', 'k', `r${round}`, { partition });
      await inbox.has(before + healthy.length, 4_000);
    }
    silence.remove();
    const others = [0, 1, 2, 3].filter((partition) => !healthy.includes(partition));
    const before = inbox.messages.length;
    for (const partition of others) await manager.sendMessage('t', 'k', 'late', { partition });
    await inbox.has(before + others.length);
  });

  it('23: stopping an idle or paused consumer takes no long poll', async () => {
    const manager = await consumer();
    manager.pause('t');
    await eventually(() => manager.health().waiting.length === 4);
    const from = performance.now();
    await manager.stopConsumer('t');
    expect(performance.now() - from).to.be.lessThan(1_000);
  });

  it('a dead letter is written though the application may not send, and its own producer is slow', async () => {
    const manager = await consumer(
      async () => {
        throw new Error('always');
      },
      { onExhausted: 'dead-letter', retry: { maxAttempts: 1 } },
    );
    await send(manager, ['poison']);
    await manager.disableProducer();
    await eventually(() => events.some(({ type }) => type === 'dead-lettered'));
    await eventually(committedAll(1));
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
      if (!context.signal.aborted) await inbox.handler(message, context);
    };
    const first = await consumer(handler);
    const values = numbered(400);
    await send(first, values.slice(0, 200));
    await inbox.has(20);
    await consumer(handler);
    await send(first, values.slice(200));
    await inbox.has(220);
    await managers[1]?.close();
    await all(values);
    await eventually(committedAll(values.length));
    expect(twice).to.deep.equal([]);
  });
});
