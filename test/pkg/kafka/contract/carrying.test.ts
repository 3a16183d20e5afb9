import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { InfrastructureError, type MessageHandler } from '../../../../pkg/kafka/index.js';
import { currentContext, runWithContext } from '../../../../pkg/logger/index.js';
import { onExternalBroker, uniqueName } from '../../../support/broker.js';
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
import { catchUpWhileHeldUp } from '../support/held_up.js';

/**
 * Apache Kafka takes no shorter one unless it is set otherwise. The embedded broker does, but runs in this process: it
 * must outlast what keeps the event loop busy.
 */
const SESSION_MS = onExternalBroker() ? 6_000 : 3_000;

describe('kafka contract: order, waiting and pausing', function () {
  this.timeout(20_000);
  afterEach(closeAll);

  it('C5: no message of a key is begun before the one before it is done, while other keys go on', async () => {
    const topic = await newTopic(1);
    const running = new Map<string, number>();
    const handled: string[] = [];
    let overlapping = 0;
    let atOnce = 0;
    const handler: MessageHandler = async ({ key, value }) => {
      const name = String(key);
      const now = (running.get(name) ?? 0) + 1;
      running.set(name, now);
      overlapping = Math.max(overlapping, now);
      atOnce = Math.max(atOnce, [...running.values()].filter((count) => count > 0).length);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running.set(name, now - 1);
      handled.push(String(value));
    };
    const manager = await consume(topic, uniqueName('group'), handler);
    const messages = Array.from({ length: 160 }, (_, i) => ({ topic, key: `k${i % 8}`, value: `${i}` }));
    await manager.sendMessages(messages);
    await eventually(() => handled.length >= 160);
    expect(overlapping).to.equal(1);
    expect(atOnce).to.be.greaterThan(1);
    for (let key = 0; key < 8; key += 1) {
      const ofKey = handled.map(Number).filter((value) => value % 8 === key);
      expect(ofKey).to.deep.equal([...ofKey].sort((a, b) => a - b));
    }
  });

  it('C11: stopping aborts what runs, and starting again gets all that was not done', async () => {
    const topic = await newTopic(2);
    const groupId = uniqueName('group');
    const inbox = new Inbox();
    const aborted: string[] = [];
    const manager = await openManager({ consumer: { drainTimeoutMs: 200 } });
    let stuck = true;
    manager.addConsumer(topic, groupId, async (message, context) => {
      if (stuck && message.partition === 0) {
        await new Promise((resolve) => {
          context.signal.addEventListener('abort', resolve);
        });
        aborted.push(String(message.value));
        context.signal.throwIfAborted();
      }
      await inbox.handler(message, context);
    });
    await manager.startConsumer(topic);
    await manager.sendMessages(
      numbered(10).map((value, i) => ({ topic, key: value, value, partition: i % 2 })),
    );
    await inbox.has(5);
    await manager.stopConsumer(topic);
    expect(aborted).to.have.length(5);
    stuck = false;
    await manager.startConsumer(topic);
    await inbox.has(10);
    expect(new Set(inbox.values)).to.deep.equal(new Set(numbered(10)));
  });

  it('K5: a handler that takes longer than the session timeout keeps its partition, and is called once', async () => {
    const topic = await newTopic(1);
    const groupId = uniqueName('group');
    const events: string[] = [];
    const manager = await openManager({
      consumer: { sessionTimeoutMs: SESSION_MS, heartbeatIntervalMs: SESSION_MS / 5 },
      onEvent: ({ type }) => events.push(type),
    });
    let calls = 0;
    manager.addConsumer(topic, groupId, async (_message, { signal }) => {
      calls += 1;
      await wait(1.4 * SESSION_MS, undefined, { signal });
    });
    await manager.startConsumer(topic);
    await manager.sendMessage(topic, 'k', 'long');
    await eventually(() => events.includes('handled'), { timeoutMs: 10_000 + SESSION_MS });
    expect(calls).to.equal(1);
    expect(events.filter((type) => type === 'rebalanced' || type === 'crashed')).to.deep.equal([
      'rebalanced',
    ]);
    const admin = await openAdmin();
    await eventually(async () => (await admin.groupOffsets(groupId, [topic]))[0]?.offset === '1');
  });

  it('C12: the context that a wrapper sets reaches its handler, and no other', async () => {
    const topic = await newTopic(1);
    const found: [string, unknown][] = [];
    const outer = new AsyncLocalStorage<string>();
    const wrapped: MessageHandler = async ({ value }) => {
      expect(currentContext(), 'nothing of another message').to.equal(undefined);
      expect(outer.getStore(), 'nothing of who resumed').to.equal(undefined);
      await runWithContext({ correlationId: String(value) }, async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        found.push([String(value), currentContext()?.correlationId]);
      });
    };
    const manager = await consume(topic, uniqueName('group'), wrapped);
    manager.pause(topic);
    await manager.sendMessages(numbered(50).map((value) => ({ topic, key: value, value })));
    outer.run('resumed', () => {
      manager.resume(topic);
    });
    await eventually(() => found.length >= 50);
    expect(found).to.have.deep.members(numbered(50).map((value) => [value, value]));
  });

  it('41: all of the other partitions and topics is handled before a handler that takes long ends', async () => {
    const { sent, handled } = await catchUpWhileHeldUp((released) => async () => {
      await once(released, 'abort');
    });
    expect(handled).to.be.at.least(sent);
  });

  it('41: so it is before a wait for infrastructure ends', async () => {
    const { sent, handled } = await catchUpWhileHeldUp((released) => async () => {
      if (!released.aborted) throw new InfrastructureError('down');
    });
    expect(handled).to.be.at.least(sent);
  });

  it('a paused topic stands still through a rebalance while others go on, and its lag is seen', async () => {
    const [held, free] = [await newTopic(2, 'held'), await newTopic(2, 'free')];
    const groupId = uniqueName('group');
    const inboxes = { held: new Inbox(), free: new Inbox() };
    const manager = await openManager();
    manager.addConsumer(held, groupId, inboxes.held.handler, { retry: QUICK_RETRY });
    manager.addConsumer(free, groupId, inboxes.free.handler, { retry: QUICK_RETRY });
    await manager.startAllConsumers();
    await manager.sendMessage(held, 'k', 'before');
    await inboxes.held.has(1);
    manager.pause(held);
    expect(manager.health()).to.deep.include({ ok: true });
    expect(manager.health().waiting.length).to.be.greaterThan(0);

    const second = await openManager();
    second.addConsumer(free, groupId, inboxes.free.handler, { replays: false });
    await second.startAllConsumers();
    for (const value of numbered(10)) {
      await manager.sendMessage(held, 'k', value);
      await manager.sendMessage(free, value, value);
    }
    await inboxes.free.has(10);
    expect(inboxes.held.values).to.deep.equal(['before']);
    await second.close();

    manager.resume(held);
    await inboxes.held.has(11);
    expect(inboxes.held.values).to.deep.equal(['before', ...numbered(10)]);
    await eventually(() => {
      const [consumer] = manager.getStatus().consumers;
      return consumer?.partitions.some(
        ({ topic, position, lag }) => topic === held && position === '11' && lag === '0',
      );
    });
  });

  it('O8: a group whose position was deleted reads on from the oldest message', async () => {
    const topic = await newTopic(1);
    const groupId = uniqueName('group');
    const inbox = new Inbox();
    const first = await consume(topic, groupId, inbox.handler);
    await first.sendMessages(numbered(5).map((value) => ({ topic, key: 'k', value })));
    await inbox.has(5);
    await first.close();
    await (await openManager()).sendMessages(numbered(20, 'w').map((value) => ({ topic, key: 'k', value })));
    const admin = await openAdmin();
    await admin.deleteTopic(topic);
    await admin.ensureTopics([{ topic, partitions: 1, replicationFactor: 1 }]);
    await (await openManager()).sendMessage(topic, 'k', 'anew');
    const second = new Inbox();
    await consume(topic, groupId, second.handler);
    await second.has(1);
    expect(second.values).to.deep.equal(['anew']);
  });
});
