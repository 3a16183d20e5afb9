import { expect } from 'chai';
import { DriverError, ReadRefused, UnknownPartition, UnknownTopic } from '../../../../../pkg/kafka/index.js';
import { TopicFollower } from '../../../../../pkg/kafka/follower/topic_follower.js';
import { rejection } from '../../../../support/caught.js';
import { eventually } from '../../../../support/eventually.js';
import { LogBook } from '../../../../support/log.js';
import { FakeTopic } from './fake_topic.js';

describe('following a topic', () => {
  let topic: FakeTopic;
  let log: LogBook;
  let follower: TopicFollower;
  /** `partition@offset`, with a star for what came after the start. */
  let handled: string[];
  let failing: Set<string>;
  let failure: Error;
  let whileHandling: () => unknown;

  beforeEach(() => {
    topic = new FakeTopic('users', 2);
    log = new LogBook();
    handled = [];
    failing = new Set();
    failure = new Error('the view is broken');
    whileHandling = () => undefined;
    follower = new TopicFollower({
      topic: 'users',
      countPartitions: topic.countPartitions,
      read: topic.read,
      handle: async ({ partition, offset }, live) => {
        const place = `${partition}@${offset}`;
        whileHandling();
        if (failing.delete(place)) throw failure;
        handled.push(live ? `${place}*` : place);
      },
      logger: log,
      pauseMs: 5,
      lookEveryMs: 5,
    });
  });

  afterEach(() => follower.stop());

  it('has handled all that was there, each partition in order, when it has started', async () => {
    for (let i = 0; i < 3; i += 1) for (const partition of [0, 1]) topic.add(partition, i);
    await follower.start();
    expect(handled.filter((place) => place.startsWith('0'))).to.deep.equal(['0@0', '0@1', '0@2']);
    expect(handled.filter((place) => place.startsWith('1'))).to.deep.equal(['1@0', '1@1', '1@2']);
    expect(follower.status()).to.deep.equal({
      topic: 'users',
      caughtUp: true,
      stuckAt: undefined,
      reason: undefined,
    });
  });

  it('has started at once where the topic is empty, and goes on with what comes', async () => {
    await follower.start();
    topic.add(1, 'news');
    await eventually(() => handled.length === 1);
    expect(handled).to.deep.equal(['1@0*']);
  });

  it('says that it has not caught up while it has not', async () => {
    topic.add(0, 'a');
    topic.takeDown(0);
    const started = follower.start();
    await eventually(() => follower.status().stuckAt !== undefined);
    expect(follower.status()).to.include({
      caughtUp: false,
      stuckAt: 'users[0]@earliest',
      reason: 'no leader',
    });
    topic.bringUp(0);
    await started;
    expect(follower.status()).to.include({ caughtUp: true, stuckAt: undefined, reason: undefined });
  });

  it('reads on from where it was after a failure: nothing is left out or handled twice', async () => {
    await follower.start();
    topic.add(0, 'a');
    await eventually(() => handled.length === 1);
    topic.takeDown(0);
    await eventually(() => topic.reads.includes('0@1'));
    topic.bringUp(0);
    topic.add(0, 'b');
    await eventually(() => handled.length === 2);
    expect(handled).to.deep.equal(['0@0*', '0@1*']);
    expect(log.at('warn')).to.include('a view cannot read on');
  });

  it('says once a minute why it cannot read on, of a missing right not at all: the log has that from the reader', async () => {
    await follower.start();
    topic.takeDown(0);
    await eventually(() => topic.reads.filter((read) => read === '0@0').length >= 3);
    expect(log.at('warn')).to.deep.equal(['a view cannot read on']);
    const denial = new DriverError('refused', 'it lacks READ', {
      protocolError: 'TOPIC_AUTHORIZATION_FAILED',
    });
    topic.failure = new ReadRefused('users', denial.message, denial);
    await eventually(() => follower.status().reason === 'it lacks READ');
    expect(follower.status().stuckAt).to.equal('users[0]@0');
    expect(log.at('warn')).to.have.length(1);
  });

  describe('that is deleted and made again, or loses its end', () => {
    const READ_AGAIN = 'a view reads a partition again from its beginning: where it was is there no more';

    beforeEach(async () => {
      for (const value of ['a', 'b']) topic.add(0, value);
      await follower.start();
      handled.length = 0;
    });

    it('begins again, and leaves nothing out that is written where it was before', async () => {
      topic.makeAgain();
      await eventually(() => topic.reads.filter((read) => read === '0@earliest').length === 2);
      for (const value of ['c', 'd', 'e']) topic.add(0, value);
      await eventually(() => handled.length === 3);
      expect(handled).to.deep.equal(['0@0*', '0@1*', '0@2*']);
      await eventually(() => follower.status().stuckAt === undefined);
      const lines = log.lines.filter(({ level }) => level === 'error');
      expect(lines.map(({ message }) => message)).to.deep.equal([READ_AGAIN]);
      expect(lines[0]?.fields).to.include({ topic: 'users', partition: 0, offset: '2' });
    });

    for (const failure of [new UnknownTopic('users'), new UnknownPartition('users', 0)]) {
      it(`begins again after an ${failure.name}, whatever was written before it is found`, async () => {
        topic.failure = failure;
        topic.takeDown(0);
        await eventually(() => follower.status().stuckAt !== undefined);
        topic.makeAgain();
        for (const value of ['c', 'd', 'e']) topic.add(0, value);
        topic.bringUp(0);
        await eventually(() => handled.length === 3);
        expect(handled).to.deep.equal(['0@0', '0@1', '0@2']);
        expect(log.at('error')).to.deep.equal([READ_AGAIN]);
      });
    }

    it('has not caught up until it has handled what it finds', async () => {
      topic.failure = new UnknownTopic('users');
      topic.takeDown(0);
      await eventually(() => follower.status().stuckAt !== undefined);
      topic.makeAgain();
      for (const value of ['c', 'd']) topic.add(0, value);
      const caughtUp: boolean[] = [];
      whileHandling = () => caughtUp.push(follower.status().caughtUp);
      topic.bringUp(0);
      await eventually(() => follower.status().caughtUp);
      expect([handled, caughtUp]).to.deep.equal([
        ['0@0', '0@1'],
        [false, false],
      ]);
    });

    it('stays where it was when what it hands over to misses another topic', async () => {
      failure = new UnknownTopic('others');
      failing.add('0@2');
      topic.add(0, 'c');
      await eventually(() => handled.length === 1);
      expect(handled).to.deep.equal(['0@2*']);
      expect(log.at('error')).to.deep.equal([]);
    });
  });

  it('hands a message over again that was not handled', async () => {
    failing.add('0@1');
    topic.add(0, 'a');
    topic.add(0, 'b');
    await follower.start();
    expect(handled).to.deep.equal(['0@0', '0@1']);
  });

  it('fails to start when it cannot tell what partitions there are', async () => {
    const unknown = new TopicFollower({
      topic: 'users',
      countPartitions: () => Promise.reject(new Error('no such topic')),
      read: topic.read,
      handle: async () => undefined,
      logger: log,
    });
    expect((await rejection(unknown.start(), Error)).message).to.equal('no such topic');
  });

  it('finds partitions that are added later', async () => {
    await follower.start();
    topic.grow(3);
    topic.add(2, 'late');
    await eventually(() => handled.length === 1);
    expect(handled).to.deep.equal(['2@0']);
  });

  it('handles nothing any more once it was stopped, and can be stopped while it starts', async () => {
    topic.add(0, 'a');
    topic.takeDown(0);
    const started = follower.start();
    await follower.stop();
    await started;
    topic.add(0, 'b');
    expect(handled).to.be.empty;
  });
});
