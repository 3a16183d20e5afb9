import { expect } from 'chai';
import kafkajs from 'kafkajs';
import type { KafkaManager, MessageHandler } from '../../../../pkg/kafka/index.js';
import { testBrokers, uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import {
  closeAll,
  consume,
  Inbox,
  newTopic,
  numbered,
  openAdmin,
  openManager,
  QUICK_RETRY,
} from './harness.js';

/** The committed position of partition 0, or -1. */
async function committed(groupId: string, topic: string): Promise<number> {
  const [position] = await (await openAdmin()).groupOffsets(groupId, [topic]);
  return position === undefined ? -1 : Number(position.offset);
}

/** Sends messages of one key. */
async function send(manager: KafkaManager, topic: string, values: readonly string[]): Promise<void> {
  const results = await manager.sendMessages(
    values.map((value) => ({ topic, key: 'one', value, partition: 0 })),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

describe('kafka contract: consuming', function () {
  this.timeout(20_000);
  afterEach(closeAll);

  it('C4: a failed message is delivered again with the next attempt number, in order', async () => {
    const topic = await newTopic(1);
    const groupId = uniqueName('group');
    const seen: string[] = [];
    const handler: MessageHandler = async ({ value }, { attempt }) => {
      seen.push(`${String(value)}#${attempt}`);
      if (String(value) === 'v1' && attempt < 3) throw new Error('not yet');
    };
    const manager = await consume(topic, groupId, handler);
    await send(manager, topic, numbered(3));
    await eventually(() => seen.includes('v2#1'));
    expect(seen).to.deep.equal(['v0#1', 'v1#1', 'v1#2', 'v1#3', 'v2#1']);
    await eventually(async () => (await committed(groupId, topic)) === 3);
  });

  it('C6: closing and opening over and over loses nothing', async () => {
    const topic = await newTopic(3);
    const groupId = uniqueName('group');
    const producer = await openManager();
    const values = numbered(2_000);
    const inbox = new Inbox();
    const sending = (async () => {
      for (const value of values) await producer.sendMessage(topic, value, value);
    })();
    for (let round = 1; round <= 5; round += 1) {
      const consumer = await consume(topic, groupId, inbox.handler);
      await inbox.has(round * 50);
      await consumer.close();
    }
    await sending;
    await consume(topic, groupId, inbox.handler);
    await eventually(() => new Set(inbox.values).size === values.length);
    expect([...new Set(inbox.values)].sort()).to.deep.equal([...values].sort());
  });

  it('nothing is committed past an unfinished message: after a close in its midst it comes again', async () => {
    const topic = await newTopic(1);
    const groupId = uniqueName('group');
    let aborted = false;
    const stuck: string[] = [];
    const manager = await openManager({ consumer: { drainTimeoutMs: 100 } });
    manager.addConsumer(topic, groupId, async ({ value }, { signal }) => {
      stuck.push(String(value));
      if (String(value) !== 'v3') return;
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      aborted = true;
    });
    await manager.startConsumer(topic);
    await send(manager, topic, numbered(6));
    await eventually(() => stuck.includes('v3'));
    await eventually(async () => (await committed(groupId, topic)) === 3);
    await manager.close();
    expect(aborted, 'the handler was told to stop').to.equal(true);
    expect(await committed(groupId, topic)).to.equal(3);

    const inbox = new Inbox();
    await consume(topic, groupId, inbox.handler);
    await inbox.has(3);
    expect(inbox.values).to.deep.equal(['v3', 'v4', 'v5']);
  });

  it('two members of one group that read different topics are both served', async () => {
    const [users, translations] = [await newTopic(4, 'users'), await newTopic(4, 'translations')];
    const groupId = uniqueName('group');
    const inboxes = { users: new Inbox(), translations: new Inbox() };
    await consume(users, groupId, inboxes.users.handler);
    await consume(translations, groupId, inboxes.translations.handler);
    const producer = await openManager();
    const values = numbered(40);
    await producer.sendMessages(
      values.flatMap((value) => [
        { topic: users, key: value, value },
        { topic: translations, key: value, value },
      ]),
    );
    await eventually(
      () => new Set(inboxes.users.values).size === 40 && new Set(inboxes.translations.values).size === 40,
    );
  });

  it('a handler that throws a TypeError does not end the consumer', async () => {
    const topic = await newTopic(1);
    const inbox = new Inbox();
    let threw = 0;
    const manager = await consume(topic, uniqueName('group'), (message, context) => {
      if (String(message.value) === 'v0' && (threw += 1) === 1)
        throw new TypeError('undefined is not a function');
      return inbox.handler(message, context);
    });
    await send(manager, topic, numbered(2));
    await inbox.has(2);
    expect(inbox.values).to.deep.equal(['v0', 'v1']);
    expect(threw).to.equal(2);
    expect(manager.health()).to.deep.equal({ ok: true, problems: [], waiting: [] });
  });

  it('a message that fails in every attempt stops its partition, says so, and does not stop others', async () => {
    const topic = await newTopic(2);
    const groupId = uniqueName('group');
    const stopped: unknown[] = [];
    const manager = await openManager({
      onEvent: (event) => {
        if (event.type === 'stopped') stopped.push(event.partition);
      },
    });
    const inbox = new Inbox();
    manager.addConsumer(
      topic,
      groupId,
      (message, context) => {
        if (String(message.value) === 'poison') return Promise.reject(new Error('cannot be handled'));
        return inbox.handler(message, context);
      },
      { retry: QUICK_RETRY, onExhausted: 'block', order: 'partition' },
    );
    await manager.startConsumer(topic);
    await manager.sendMessage(topic, 'k', 'good', { partition: 0 });
    await manager.sendMessage(topic, 'the key', 'poison', { partition: 0 });
    await manager.sendMessage(topic, 'k', 'behind the poison', { partition: 0 });
    await eventually(() => stopped.length > 0);
    await manager.sendMessage(topic, 'k', 'elsewhere', { partition: 1 });
    await inbox.has(2);
    expect(inbox.values).to.have.members(['good', 'elsewhere']);

    const [failure] = manager.getStatus().consumers[0]?.stoppedPartitions ?? [];
    expect(failure).to.include({
      topic,
      partition: 0,
      offset: '1',
      key: 'the key',
      attempts: 3,
      cause: 'cannot be handled',
    });
    expect(stopped).to.deep.equal([failure]);
    expect(manager.health().ok).to.equal(false);
    await manager.close();
    expect(await committed(groupId, topic), 'nothing is committed past it').to.equal(1);

    const retried = new Inbox();
    await consume(topic, groupId, retried.handler);
    await retried.has(2);
    expect(retried.values).to.include.members(['poison', 'behind the poison']);
  });

  it('a message that waits for its retry does not hold up other partitions', async () => {
    const topic = await newTopic(2);
    const inbox = new Inbox();
    const failing = { maxAttempts: 2, initialDelayMs: 60_000, maxDelayMs: 60_000, jitter: 0 };
    const manager = await consume(
      topic,
      uniqueName('group'),
      (message, context) =>
        message.partition === 0 ? Promise.reject(new Error('later')) : inbox.handler(message, context),
      { retry: failing },
    );
    await manager.sendMessage(topic, null, 'fails', { partition: 0 });
    await manager.sendMessages(numbered(100).map((value) => ({ topic, value, partition: 1 })));
    await inbox.has(100, 5_000);
  });

  it('a handler that takes too long is aborted, and the message is tried again', async () => {
    const topic = await newTopic(1);
    const reasons: string[] = [];
    let done = false;
    const manager = await consume(
      topic,
      uniqueName('group'),
      async (_message, { attempt, signal }) => {
        if (attempt === 1)
          await new Promise((resolve) => {
            signal.addEventListener('abort', resolve);
          });
        if (signal.aborted) reasons.push((signal.reason as { code: string }).code);
        else done = true;
      },
      { handlerTimeoutMs: 50 },
    );
    await send(manager, topic, ['slow']);
    await eventually(() => done);
    expect(reasons).to.deep.equal(['KAFKA_HANDLER_TIMEOUT']);
  });

  it('leaves others who use kafkajs in the process what kafkajs gives them', async () => {
    const topic = await newTopic(1);
    const inbox = new Inbox();
    const manager = await consume(topic, uniqueName('group'), inbox.handler);
    const { Kafka, logLevel } = kafkajs;
    const client = new Kafka({ brokers: [...(await testBrokers())], logLevel: logLevel.NOTHING });
    const other = client.consumer({ groupId: uniqueName('group') });
    const values: string[] = [];
    try {
      await other.connect();
      await other.subscribe({ topics: [topic], fromBeginning: true });
      await other.run({ eachMessage: async ({ message }) => void values.push(String(message.value)) });
      await send(manager, topic, numbered(3));
      await inbox.has(3);
      await eventually(() => values.length >= 3);
    } finally {
      await other.disconnect();
    }
    expect(values).to.deep.equal(numbered(3));
  });
});
