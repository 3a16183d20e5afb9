import { expect } from 'chai';
import { UnknownTopic } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { rejection } from '../../../support/caught.js';
import { eventually } from '../../../support/eventually.js';
import { closeAll, consume, Inbox, newTopic, numbered, openAdmin, openManager } from './harness.js';

describe('kafka contract: a topic that is deleted and made again (K12)', function () {
  this.timeout(60_000);
  afterEach(closeAll);

  it('is sent to and consumed from its beginning, by the same producer and the same group', async () => {
    const topic = await newTopic(2);
    const admin = await openAdmin();
    const producer = await openManager();
    const inbox = new Inbox();
    const group = uniqueName('group');
    const consumer = await consume(topic, group, inbox.handler);
    await producer.sendMessages(numbered(40, 'old-').map((value) => ({ topic, key: value, value })));
    await inbox.has(40);

    await admin.deleteTopic(topic);
    await eventually(async () => !(await admin.listTopics()).includes(topic));
    await rejection(producer.sendMessage(topic, null, 'nowhere'), UnknownTopic);
    await admin.ensureTopics([{ topic, partitions: 2, replicationFactor: 1 }]);
    const values = numbered(20, 'new-');
    for (const value of values) {
      await eventually(
        () =>
          producer.sendMessage(topic, value, value).then(
            () => true,
            () => false,
          ),
        { what: `${value} stored` },
      );
    }
    await eventually(() => values.every((value) => inbox.values.includes(value)), {
      timeoutMs: 40_000,
      what: () => `new messages, got ${inbox.values.filter((value) => value.startsWith('new-')).length}`,
    });
    await eventually(() => consumer.health().ok, { timeoutMs: 40_000 });
    expect(inbox.values.filter((value) => value.startsWith('new-'))).to.include.members(values);
  });
});
