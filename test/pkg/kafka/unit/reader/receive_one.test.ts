import { expect } from 'chai';
import sinon from 'sinon';
import { GroupNotEmpty, receiveOne, UnknownGroup } from '../../../../../pkg/kafka/index.js';
import { rejection } from '../../../../support/caught.js';
import { FakeTopic } from '../follower/fake_topic.js';

describe('receiving one message for a group', () => {
  const sandbox = sinon.createSandbox();
  const admin = {
    describeGroup: sandbox.stub(),
    topicOffsets: sandbox.stub(),
    groupOffsets: sandbox.stub(),
    setGroupOffsets: sandbox.stub(),
  };
  let topic: FakeTopic;
  let given: AbortController;

  beforeEach(() => {
    sandbox.reset();
    topic = new FakeTopic('orders', 2);
    given = new AbortController();
    admin.describeGroup.rejects(new UnknownGroup('g'));
    admin.topicOffsets.resolves([0, 1].map((partition) => ({ partition, low: '0', high: '9' })));
    admin.groupOffsets.resolves([]);
    admin.setGroupOffsets.resolves();
  });

  const receive = () =>
    receiveOne({ admin, read: topic.read }, { topic: 'orders', groupId: 'g', signal: given.signal });

  it('gives the next after the committed position, and commits it first', async () => {
    for (const value of ['a', 'b']) topic.add(1, value);
    admin.groupOffsets.resolves([{ partition: 1, offset: '1' }]);
    const record = await receive();
    expect(record).to.include({ partition: 1, offset: '1' });
    expect(topic.reads).to.have.members(['0@0', '1@1']);
    sinon.assert.calledOnceWithExactly(admin.setGroupOffsets, 'g', [
      { topic: 'orders', partition: 1, offset: 2n },
    ]);
  });

  it('begins anew where the committed position is gone', async () => {
    admin.topicOffsets.resolves([{ partition: 0, low: '4', high: '9' }]);
    admin.groupOffsets.resolves([{ partition: 0, offset: '2' }]);
    const received = receive();
    for (let n = 0; n < 5; n += 1) topic.add(0, n);
    expect(await received).to.include({ offset: '4' });
  });

  it('commits nothing when nobody is there any more to take it', async () => {
    given.abort();
    topic.add(0, 'a');
    expect(await receive()).to.equal(undefined);
    sinon.assert.notCalled(admin.setGroupOffsets);
  });

  it('is refused while the group has members, to whom the message belongs', async () => {
    admin.describeGroup.resolves({ members: [{}] });
    await rejection(receive(), GroupNotEmpty);
    expect(topic.reads).to.deep.equal([]);
  });
});
