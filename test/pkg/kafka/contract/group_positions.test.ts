import { expect } from 'chai';
import { InvalidOption, type KafkaAdmin, type TopicPartition } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { rejection } from '../unit/fakes.js';
import { closeAll, newTopic, numbered, openAdmin, openManager } from './harness.js';

describe('kafka contract: positions of groups', function () {
  this.timeout(30_000);
  let admin: KafkaAdmin;

  beforeEach(async () => {
    admin = await openAdmin();
  });
  afterEach(closeAll);

  it('stay where they are when they are put to what is no place of the topic', async () => {
    const topic = await newTopic(1);
    await (await openManager()).sendMessages(numbered(3).map((value) => ({ topic, value, partition: 0 })));
    const groupId = uniqueName('group');
    await admin.resetGroupOffsets(groupId, topic, 'latest');
    const wrong: [option: string, call: () => Promise<unknown>][] = [
      ['to', () => admin.resetGroupOffsets(groupId, topic, new Date('2026-13-01'))],
      ['to', () => admin.resetGroupOffsets(groupId, topic, -1n)],
      ['to', () => admin.resetGroupOffsets(groupId, topic, 'soon' as 'latest')],
      ['partitions', () => admin.resetGroupOffsets(groupId, topic, 'earliest', { partitions: [0, 7] })],
      [`offset of ${topic}[0]`, () => admin.setGroupOffsets(groupId, [{ topic, partition: 0, offset: -5n }])],
    ];
    for (const [option, call] of wrong) {
      const error = await rejection(call());
      expect(error, call.toString()).to.be.instanceOf(InvalidOption).and.to.have.property('option', option);
    }
    expect(await admin.groupOffsets(groupId)).to.deep.equal([{ topic, partition: 0, offset: '3' }]);
    expect(await admin.resetGroupOffsets(groupId, topic, new Date(-1)), 'before all').to.deep.equal([
      { topic, partition: 0, offset: '0' },
    ]);
  });

  it('the topic or partition that a position cannot be put to is named', async () => {
    const topic = await newTopic(1);
    const missing = uniqueName('missing');
    const put = (position: TopicPartition) =>
      admin.setGroupOffsets(uniqueName('group'), [{ ...position, offset: 0n }]);
    const unknown = await rejection(put({ topic: missing, partition: 0 }));
    expect(unknown.code).to.equal('KAFKA_UNKNOWN_TOPIC');
    expect(unknown.message).to.include(`Topic ${missing} does not exist`);
    const { code, message } = await rejection(put({ topic, partition: 9 }));
    expect(code).to.equal('KAFKA_UNKNOWN_PARTITION');
    expect(message).to.include(`Topic ${topic} has no partition 9`);
  });
});
