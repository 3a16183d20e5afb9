import { expect } from 'chai';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { closeAll, consume, Inbox, newTopic, numbered, openAdmin, openManager } from './harness.js';

/** A group that reads from now on: what is sent after start() has resolved is handled, whatever happens then. */
describe('kafka contract: fromBeginning: false', function () {
  this.timeout(40_000);
  afterEach(closeAll);

  const FROM_NOW_ON = { fromBeginning: false, replays: false, onExhausted: 'block' } as const;

  it('handles what is sent once start() has resolved, and nothing from before', async () => {
    const topic = await newTopic(4);
    const manager = await openManager();
    const toEach = (value: string) => [0, 1, 2, 3].map((partition) => ({ topic, partition, value }));
    await manager.sendMessages(toEach('before'));
    const inbox = new Inbox();
    await consume(topic, uniqueName('group'), inbox.handler, FROM_NOW_ON);
    await manager.sendMessages(toEach('after'));
    await inbox.has(4);
    expect(inbox.values).to.deep.equal(Array(4).fill('after'));
  });

  it('handles what is sent to idle partitions while a member joins that a slow handler holds up', async () => {
    const PARTITIONS = 20;
    const topic = await newTopic(PARTITIONS);
    const groupId = uniqueName('group');
    const inbox = new Inbox();
    const slow = { begun: false, givenUp: false, end: (): void => undefined };
    const ended = new Promise<void>((resolve) => {
      slow.end = resolve;
    });
    await consume(
      topic,
      groupId,
      async (message, context) => {
        if (String(message.value) !== 'slow') return inbox.handler(message, context);
        slow.begun = true;
        context.signal.addEventListener('abort', () => {
          slow.givenUp = true;
        });
        return ended;
      },
      FROM_NOW_ON,
    );
    const producer = await openManager();
    await producer.sendMessage(topic, null, 'slow', { partition: 0 });
    await eventually(() => slow.begun);

    const second = consume(topic, groupId, inbox.handler, FROM_NOW_ON);
    // From then on the first member takes nothing, until the group has come together again.
    await eventually(() => slow.givenUp, { timeoutMs: 15_000, what: 'the group to come together anew' });
    const values = numbered(PARTITIONS - 1);
    await producer.sendMessages(values.map((value, i) => ({ topic, partition: i + 1, value })));
    slow.end();
    await second;
    await eventually(() => values.every((value) => inbox.values.includes(value)), {
      timeoutMs: 15_000,
      what: () => `${values.length} messages, got ${inbox.values.length}`,
    });
  });

  it('handles what is sent while its only member, which got nothing before, is stopped', async () => {
    const topic = await newTopic(2);
    const groupId = uniqueName('group');
    const inbox = new Inbox();
    await (await consume(topic, groupId, inbox.handler, FROM_NOW_ON)).close();
    const producer = await openManager();
    await producer.sendMessages([0, 1].map((partition) => ({ topic, partition, value: `p${partition}` })));
    await consume(topic, groupId, inbox.handler, FROM_NOW_ON);
    await inbox.has(2);
  });

  it('handles what is sent to a paused partition before a restart', async () => {
    const topic = await newTopic(1);
    const groupId = uniqueName('group');
    const inbox = new Inbox();
    const first = await openManager();
    first.addConsumer(topic, groupId, inbox.handler, FROM_NOW_ON);
    first.pause(topic, { groupId });
    await first.startAllConsumers();
    await first.sendMessage(topic, null, 'held up');
    await first.close();
    expect(inbox.values).to.deep.equal([]);
    await consume(topic, groupId, inbox.handler, FROM_NOW_ON);
    await inbox.has(1);
  });

  it('leaves a position alone that the group has', async () => {
    const topic = await newTopic(2);
    const groupId = uniqueName('group');
    const producer = await openManager();
    await producer.sendMessages(numbered(5).map((value) => ({ topic, partition: 0, value })));
    await (await openAdmin()).setGroupOffsets(groupId, [{ topic, partition: 0, offset: 3n }]);
    const inbox = new Inbox();
    await consume(topic, groupId, inbox.handler, FROM_NOW_ON);
    await inbox.has(2);
    expect(inbox.values).to.deep.equal(['v3', 'v4']);
  });

  it('reads on from the oldest message where its position was deleted', async () => {
    const topic = await newTopic(1);
    const groupId = uniqueName('group');
    const admin = await openAdmin();
    const inbox = new Inbox();
    await (await consume(topic, groupId, inbox.handler, FROM_NOW_ON)).close();
    const producer = await openManager();
    await producer.sendMessages(numbered(6).map((value) => ({ topic, partition: 0, value })));
    await admin.deleteRecords(topic, [{ partition: 0, offset: 4n }]);
    await consume(topic, groupId, inbox.handler, FROM_NOW_ON);
    await inbox.has(2);
    expect(inbox.values).to.deep.equal(['v4', 'v5']);
  });

  it('reads partitions that are added while it runs from their beginning', async () => {
    const topic = await newTopic(1);
    const groupId = uniqueName('group');
    const inbox = new Inbox();
    await consume(topic, groupId, inbox.handler, FROM_NOW_ON);
    const producer = await openManager();
    await (await openAdmin()).addPartitions(topic, 2);
    await eventually(
      () =>
        producer.sendMessage(topic, null, 'added', { partition: 1 }).then(
          () => true,
          () => false,
        ),
      { what: 'a producer that knows of the partition', timeoutMs: 20_000 },
    );
    // A member for another topic has the group come together again, by which it learns of the partition.
    await consume(await newTopic(1), groupId, new Inbox().handler, FROM_NOW_ON);
    await inbox.has(1);
  });
});
