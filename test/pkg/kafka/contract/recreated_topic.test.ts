import { expect } from 'chai';
import { readPartition, TopicFollower, UnknownTopic } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { rejection } from '../../../support/caught.js';
import { eventually } from '../../../support/eventually.js';
import { LogBook } from '../../../support/log.js';
import {
  closeAll,
  consume,
  Inbox,
  newTopic,
  numbered,
  openAdmin,
  openDriver,
  openManager,
} from './harness.js';

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

  describe('is followed from its beginning, also past where the one before had ended', () => {
    let follower: TopicFollower;
    afterEach(() => follower.stop());

    for (const [when, isNoticed] of [
      ['at once', false],
      ['after it was found missing', true],
    ] as const) {
      it(`made again ${when}`, async () => {
        const topic = await newTopic();
        const admin = await openAdmin();
        const driver = await openDriver();
        const producer = await openManager();
        const followed: string[] = [];
        const log = new LogBook();
        const send = (values: readonly string[]) =>
          producer.sendMessages(values.map((value) => ({ topic, key: value, value })));
        follower = new TopicFollower({
          topic,
          read: (options) => readPartition(driver, options),
          handle: async ({ value }) => void followed.push(String(value)),
          logger: log,
          countPartitions: async (of) => (await admin.describeTopic(of)).partitions.length,
        });
        await send(numbered(5, 'old-'));
        await follower.start();

        await admin.deleteTopic(topic);
        await eventually(async () => !(await admin.listTopics()).includes(topic));
        if (isNoticed) await eventually(() => follower.status().stuckAt !== undefined);
        await admin.ensureTopics([{ topic, partitions: 1, replicationFactor: 1 }]);
        if (!isNoticed) await eventually(() => log.lines.length > 0);
        const values = numbered(8, 'new-');
        for (const value of values) {
          await eventually(async () => (await send([value])).every(({ status }) => status === 'fulfilled'), {
            what: `${value} stored`,
          });
        }
        await eventually(() => values.every((value) => followed.includes(value)), {
          timeoutMs: 40_000,
          what: () => `what is new, got ${followed.join(', ')}`,
        });
        await eventually(() => follower.status().stuckAt === undefined && follower.status().caughtUp);
        expect(log.at('error')).not.to.be.empty;
      });
    }
  });
});
