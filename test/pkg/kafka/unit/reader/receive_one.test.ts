import { expect } from 'chai';
import sinon from 'sinon';
import { AdminFailed, GroupNotEmpty, Receiver, UnknownGroup } from '../../../../../pkg/kafka/index.js';
import { rejection } from '../../../../support/caught.js';
import { eventually } from '../../../../support/eventually.js';
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

  const LONG_MS = 20_000;
  const never = () => new Promise<never>(() => undefined);
  const receiver = (brokerTimeoutMs = LONG_MS) => new Receiver({ admin, read: topic.read, brokerTimeoutMs });
  const receive = ({ timeoutMs = LONG_MS, from = receiver() } = {}) =>
    from.receive({ topic: 'orders', groupId: 'g', timeoutMs, signal: given.signal });

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

  it('gives what is there however short the time to wait is, and nothing where nothing is', async () => {
    for (let n = 0; n < 3; n += 1) topic.add(1, n);
    admin.groupOffsets.resolves([{ partition: 1, offset: '2' }]);
    expect(await receive({ timeoutMs: 1 })).to.include({ partition: 1, offset: '2' });
    admin.groupOffsets.resolves([{ partition: 1, offset: '3' }]);
    expect(await receive({ timeoutMs: 1 })).to.equal(undefined);
  });

  it('waits for a message that is yet to come, until its caller goes away', async () => {
    const waiting = receive();
    await eventually(() => topic.reads.length === 2);
    topic.add(0, 'a');
    expect(await waiting).to.include({ partition: 0, offset: '0' });
    admin.groupOffsets.resolves([{ partition: 0, offset: '1' }]);
    const gone = receive();
    given.abort();
    expect(await gone).to.equal(undefined);
  });

  for (const name of ['describeGroup', 'topicOffsets', 'groupOffsets', 'setGroupOffsets'] as const) {
    it(`says that the brokers are silent when ${name} is not answered in time`, async () => {
      topic.add(0, 'a');
      admin[name].callsFake(never);
      const error = await rejection(receive({ from: receiver(20) }), AdminFailed);
      expect(error.message).to.include('did not answer within 20 ms');
    });
  }

  it('ends while the brokers are silent as soon as its caller goes away', async () => {
    admin.describeGroup.callsFake(never);
    const gone = receive();
    given.abort();
    expect(await gone).to.equal(undefined);
  });

  it('gives calls for one group a message each, in turn', async () => {
    const positions = new Map<number, string>();
    for (const value of ['a', 'b', 'c']) topic.add(0, value);
    admin.groupOffsets.callsFake(async () =>
      [...positions].map(([partition, offset]) => ({ partition, offset })),
    );
    admin.setGroupOffsets.callsFake(async (_group: string, [to]: { partition: number; offset: bigint }[]) => {
      if (to) positions.set(to.partition, String(to.offset));
    });
    const from = receiver();
    const received = await Promise.all([1, 2, 3].map(() => receive({ from })));
    expect(received.map((record) => record?.offset)).to.deep.equal(['0', '1', '2']);
  });

  it('does not keep other groups waiting, and lets the next call have the turn of one that was given up', async () => {
    const from = receiver(20);
    const first = receive({ from });
    await eventually(() => topic.reads.length === 2);
    expect(await receive({ from, timeoutMs: 30 }), 'it waits for its turn').to.equal(undefined);
    const signal = given.signal;
    const other = from.receive({ topic: 'orders', groupId: 'other', timeoutMs: 1, signal });
    expect(await other).to.equal(undefined);
    const next = receive({ from });
    topic.add(0, 'a');
    topic.add(0, 'b');
    expect(await first).to.include({ offset: '0' });
    expect(await next).to.include({ offset: '0' });
  });
});
