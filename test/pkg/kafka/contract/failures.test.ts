import { createHash } from 'node:crypto';
import { expect } from 'chai';
import {
  deadLetterTopic,
  InfrastructureError,
  NonRetryableError,
  retryTopic,
  type ConsumerEvent,
  type KafkaManager,
  type MessageHandler,
  type SubscriptionOptions,
} from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { rejection } from '../unit/fakes.js';
import {
  closeAll,
  consume,
  Inbox,
  newTopic,
  numbered,
  openAdmin,
  openManager,
  QUICK_RETRY,
  stored,
} from './harness.js';

async function committed(groupId: string, topic: string, partition = 0): Promise<number> {
  const positions = await (await openAdmin()).groupOffsets(groupId, [topic]);
  return Number(positions.find((position) => position.partition === partition)?.offset ?? -1);
}

/** Reads a topic of dead letters by a group of its own. */
async function deadLettersOf(topic: string): Promise<Inbox> {
  const inbox = new Inbox();
  await consume(topic, uniqueName('reader'), inbox.handler, { replays: false, onExhausted: 'block' });
  return inbox;
}

interface Failing {
  readonly manager: KafkaManager;
  readonly topic: string;
  readonly groupId: string;
  readonly deadLetters: string;
  readonly events: ConsumerEvent[];
}

async function start(
  handler: MessageHandler,
  options: SubscriptionOptions = {},
  partitions = 1,
): Promise<Failing> {
  const topic = await newTopic(partitions);
  const groupId = uniqueName('group');
  const events: ConsumerEvent[] = [];
  const manager = await openManager({ onEvent: (event) => events.push(event) });
  manager.addConsumer(topic, groupId, handler, { retry: QUICK_RETRY, ...options });
  await manager.startConsumer(topic);
  return { manager, topic, groupId, deadLetters: deadLetterTopic(topic, groupId), events };
}

describe('kafka contract: failures', function () {
  this.timeout(20_000);
  afterEach(closeAll);

  it('R1: a message that fails at first is handled in the end, and is no dead letter', async () => {
    const attempts: number[] = [];
    const { manager, topic, groupId, deadLetters } = await start(async (_message, { attempt }) => {
      attempts.push(attempt);
      if (attempt < 3) throw new Error('not yet');
    });
    await manager.sendMessage(topic, 'k', 'v');
    await eventually(async () => (await committed(groupId, topic)) === 1);
    expect(attempts).to.deep.equal([1, 2, 3]);
    expect(await stored(deadLetters)).to.equal(0);
  });

  it('R2: an exhausted message becomes a dead letter with its bytes and headers, and the partition goes on', async () => {
    const inbox = new Inbox();
    const { manager, topic, groupId, deadLetters, events } = await start(
      (message, context) =>
        String(message.key) === 'poison'
          ? Promise.reject(new RangeError('too big'))
          : inbox.handler(message, context),
      {},
      3,
    );
    const headers = { 'event-id': 'e1', twice: ['a', 'b'], binary: Buffer.from([0, 255]) };
    const timestamp = Date.now() - 1_000;
    await manager.sendMessage(topic, 'poison', Buffer.from([1, 2, 255]), {
      partition: 2,
      headers,
      timestamp,
    });
    await manager.sendMessage(topic, 'fine', 'next', { partition: 2 });
    await inbox.has(1);
    await eventually(async () => (await committed(groupId, topic, 2)) === 2);

    const letters = await deadLettersOf(deadLetters);
    await letters.has(1);
    const [letter] = letters.messages;
    expect(letter).to.deep.include({
      partition: 2,
      key: Buffer.from('poison'),
      value: Buffer.from([1, 2, 255]),
    });
    expect(letter?.headers).to.deep.include({
      'event-id': Buffer.from('e1'),
      twice: [Buffer.from('a'), Buffer.from('b')],
      binary: Buffer.from([0, 255]),
      'kafka_dlt-original-topic': Buffer.from(topic),
      'kafka_dlt-original-partition': Buffer.from([0, 0, 0, 2]),
      'kafka_dlt-original-offset': Buffer.alloc(8),
      'kafka_dlt-original-consumer-group': Buffer.from(groupId),
      'kafka_dlt-original-timestamp-type': Buffer.from('CreateTime'),
      'kafka_dlt-exception-fqcn': Buffer.from('RangeError'),
      'kafka_dlt-exception-message': Buffer.from('too big'),
    });
    const original = letter?.headers['kafka_dlt-original-timestamp'] as Buffer;
    expect(original.readBigInt64BE()).to.equal(BigInt(timestamp));
    expect(JSON.parse(String(letter?.headers['dlq-info']))).to.include({
      topic,
      attempts: 3,
      group: groupId,
    });
    expect(events.find(({ type }) => type === 'dead-lettered')).to.include({
      target: deadLetters,
      attempts: 3,
    });
  });

  it('R3: a message that cannot succeed becomes a dead letter after one attempt', async () => {
    let attempts = 0;
    const { manager, topic, deadLetters } = await start(async () => {
      attempts += 1;
      throw new NonRetryableError('makes no sense');
    });
    await manager.sendMessage(topic, 'k', 'v');
    await eventually(async () => (await stored(deadLetters)) === 1);
    expect(attempts).to.equal(1);
  });

  it('R4: while its dead letter cannot be stored a message is not counted, and health says so', async () => {
    const { manager, topic, groupId, deadLetters } = await start(async () => {
      throw new NonRetryableError('makes no sense');
    });
    await (await openAdmin()).deleteTopic(deadLetters);
    await manager.sendMessage(topic, 'k', 'v');
    await eventually(() => manager.health().problems.some((problem) => problem.includes('dead letter')));
    expect(await committed(groupId, topic)).to.be.at.most(0);
    const [partition] = manager.getStatus().consumers[0]?.partitions ?? [];
    expect(partition?.holds).to.deep.equal(['dead-letter']);

    await (await openAdmin()).ensureTopics([{ topic: deadLetters, partitions: 1, replicationFactor: 1 }]);
    await eventually(async () => (await committed(groupId, topic)) === 1);
    expect(await stored(deadLetters)).to.equal(1);
    expect(manager.health()).to.deep.equal({ ok: true, problems: [], waiting: [] });
  });

  it('R5: bytes that nobody can decode reach the dead letters as they are', async () => {
    const { manager, topic, deadLetters } = await start(async ({ value }) => {
      JSON.parse(String(value));
      throw new NonRetryableError('of an unknown version');
    });
    const sha = (bytes: Uint8Array | null) =>
      createHash('sha256')
        .update(bytes ?? '')
        .digest('hex');
    const values = [
      Buffer.from([0xff, 0xfe, 0, 1]),
      Buffer.from([0, 0, 0, 0x7f, 0xff, 1, 2]),
      Buffer.from('{"version":"99.0"}'),
      Buffer.alloc(500_000, 0xee),
    ];
    for (const value of values) await manager.sendMessage(topic, Buffer.from([0xc3, 0x28]), value);
    const letters = await deadLettersOf(deadLetters);
    await letters.has(values.length);
    expect(letters.messages.map(({ value }) => sha(value))).to.have.members(values.map(sha));
    for (const { key } of letters.messages) expect(key).to.deep.equal(Buffer.from([0xc3, 0x28]));
  });

  it('R6: a replayed message that fails again keeps its origin, and its record does not grow', async () => {
    const { manager, topic, groupId, deadLetters } = await start(async ({ topic: from }) => {
      throw new NonRetryableError(from === topic ? 'first' : 'again');
    });
    await manager.sendMessage(topic, 'k', 'v');
    const letters = await deadLettersOf(deadLetters);
    for (let cycle = 1; cycle <= 3; cycle += 1) {
      await letters.has(cycle);
      const { key, value, headers } = letters.messages[cycle - 1] ?? { key: null, value: null, headers: {} };
      await manager.sendMessage(retryTopic(topic, groupId, 0), key, value, { headers });
    }
    await letters.has(4);
    const sizes = letters.messages.map(({ headers }) => Object.keys(headers).length);
    expect(new Set(sizes).size).to.equal(1);
    const last = letters.messages[3]?.headers;
    expect(String(last?.['kafka_dlt-original-topic'])).to.equal(topic);
    expect(String(last?.['kafka_dlt-exception-message'])).to.equal('again');
  });

  it('a replay reaches the handler of its group, and no other group', async () => {
    const topic = await newTopic(1);
    const inboxes = [new Inbox(), new Inbox()] as const;
    const groups = [uniqueName('group'), uniqueName('group')] as const;
    const topics: string[] = [];
    await consume(topic, groups[0], (message, context) => {
      topics.push(context.topic);
      return inboxes[0].handler(message, context);
    });
    await consume(topic, groups[1], inboxes[1].handler);
    const manager = await openManager();
    await manager.sendMessage(retryTopic(topic, groups[0], 0), 'k', 'replayed');
    await manager.sendMessage(topic, 'k', 'for both');
    await Promise.all([inboxes[0].has(2), inboxes[1].has(1)]);
    expect(inboxes[0].values).to.have.members(['replayed', 'for both']);
    expect(inboxes[1].values).to.deep.equal(['for both']);
    expect(topics).to.deep.equal([topic, topic]);
  });

  it('R7: a message waits in its retry topic while others go on', async () => {
    const inbox = new Inbox();
    let failed = 0;
    const { manager, topic, groupId } = await start(
      (message, context) =>
        String(message.value) === 'later' && message.topic === context.topic && (failed += 1) > 0
          ? Promise.reject(new Error('not now'))
          : inbox.handler(message, context),
      { retryTopics: [1_500], retry: { maxAttempts: 1 } },
    );
    await manager.sendMessage(topic, 'k', 'later');
    await manager.sendMessages(numbered(100).map((value) => ({ topic, key: 'k', value })));
    await inbox.has(101);
    expect(inbox.values.at(-1)).to.equal('later');
    expect(inbox.messages.at(-1)?.topic).to.equal(retryTopic(topic, groupId, 1_500));
  });

  it('K15: while something is down the partition waits, others go on, and nothing becomes a dead letter', async () => {
    const inbox = new Inbox();
    let down = true;
    const { manager, topic, groupId, deadLetters } = await start(
      (message, context) =>
        down && message.partition === 0
          ? Promise.reject(new InfrastructureError('the database is down'))
          : inbox.handler(message, context),
      { infrastructureBackoff: { initialMs: 20, maxMs: 100 } },
      2,
    );
    await manager.sendMessages(numbered(5).map((value) => ({ topic, key: value, value, partition: 0 })));
    await manager.sendMessages(numbered(50).map((value) => ({ topic, key: value, value, partition: 1 })));
    await inbox.has(50);
    expect(manager.health().ok).to.equal(true);
    expect(manager.health().waiting).to.have.length(1);
    down = false;
    await inbox.has(55);
    await eventually(async () => (await committed(groupId, topic)) === 5);
    expect(await stored(deadLetters)).to.equal(0);
  });

  it('K6: poison in one of 20 partitions does not hold up the others', async () => {
    const inbox = new Inbox();
    const { manager, topic, deadLetters } = await start(
      (message, context) =>
        message.partition === 7 ? Promise.reject(new Error('poison')) : inbox.handler(message, context),
      {},
      20,
    );
    await manager.sendMessages(
      Array.from({ length: 200 }, (_, i) => ({ topic, key: String(i), value: String(i), partition: i % 20 })),
    );
    await inbox.has(190);
    await eventually(async () => (await stored(deadLetters)) === 10);
  });

  it('G8: a start without the topics it needs names them; with provision it creates them', async () => {
    const topic = await newTopic(3);
    const groupId = uniqueName('group');
    const strict = await openManager({ consumer: { provision: false } });
    strict.addConsumer(topic, groupId, async () => undefined);
    const error = await rejection(strict.startConsumer(topic));
    expect(error.code).to.equal('KAFKA_FAILURE_TOPICS_MISSING');
    expect(error.message).to.contain(`${deadLetterTopic(topic, groupId)} (3 partitions)`);
    expect(error.message).to.contain(retryTopic(topic, groupId, 0));

    const manager = await openManager();
    manager.addConsumer(topic, groupId, async () => undefined);
    await manager.startConsumer(topic);
    const offsets = await (await openAdmin()).topicOffsets(deadLetterTopic(topic, groupId));
    expect(offsets).to.have.length(3);
    await strict.startConsumer(topic);
  });
});
