import { expect } from 'chai';
import sinon from 'sinon';
import { EventFollowers } from '../../../internal/repo/persistent/kafka/event_followers.js';
import { currentContext } from '../../../pkg/logger/index.js';
import { FakeTopic } from '../../pkg/kafka/unit/follower/fake_topic.js';
import { eventually } from '../../support/eventually.js';
import { LogBook } from '../../support/log.js';
import { doorEvents } from '../support/house_events.js';

const id = (last: number) => `0192f0c1-5b7e-7c3a-9d2e-3f4a5b6c7d${String(last).padStart(2, '0')}`;
const event = (last: number) => ({
  id: id(last),
  type: 'door.shut',
  source: 'test',
  version: '1.0',
  timestamp: '2025-10-09T12:00:00.000Z',
  aggregateId: 'u',
  data: {},
  metadata: { correlationId: `request-${last}` },
});

describe('following events', () => {
  const sandbox = sinon.createSandbox();
  const observer = { produced: sandbox.stub(), consumed: sandbox.stub() };
  let topic: FakeTopic;
  let log: LogBook;
  let followers: EventFollowers;
  let handled: unknown[];

  beforeEach(() => {
    sandbox.reset();
    topic = new FakeTopic('door-events', 1);
    log = new LogBook();
    followers = new EventFollowers({
      countPartitions: topic.countPartitions,
      read: topic.read,
      observer,
      logger: log,
    });
    handled = [];
  });

  afterEach(() => followers.stop());

  const follow = () =>
    followers.follow('door-events', doorEvents, async ({ id: eventId }) => {
      handled.push([eventId, currentContext()?.correlationId]);
    });

  it('hands over each event, under the correlation id of the event', async () => {
    topic.add(0, event(1));
    await follow();
    expect(handled).to.deep.equal([[id(1), 'request-1']]);
    expect(followers.status()).to.deep.equal([
      { topic: 'door-events', caughtUp: true, stuckAt: undefined, reason: undefined },
    ]);
  });

  it('hands over an event once that was published twice', async () => {
    topic.add(0, event(1));
    topic.add(0, event(2));
    topic.add(0, event(1));
    await follow();
    expect(handled).to.have.length(2);
  });

  it('hands over what is new in a topic that was made again, and not what it knows', async () => {
    for (const last of [1, 2]) topic.add(0, event(last));
    await follow();
    topic.makeAgain();
    await eventually(() => log.at('error').length === 1);
    for (const last of [2, 3, 4]) topic.add(0, event(last));
    await eventually(() => handled.length === 4);
    expect(handled.map((one) => (one as string[])[0])).to.deep.equal([1, 2, 3, 4].map(id));
  });

  it('tells the observer of what comes, and not of what was there', async () => {
    topic.add(0, event(1));
    await follow();
    topic.add(0, event(2));
    await eventually(() => handled.length === 2);
    const position = { topic: 'door-events', partition: 0, offset: '1' };
    sinon.assert.calledOnceWithMatch(observer.consumed, { event: event(2), position }, 'u', 'view');
  });

  for (const [what, value] of [
    ['no JSON', 'nonsense'],
    ['of no known type', { ...event(1), type: 'door.vanished' }],
    ['not valid', { ...event(1), id: 7 }],
  ] as const) {
    it(`leaves out a message that is ${what}, and says which`, async () => {
      topic.add(0, value);
      topic.add(0, event(2));
      await follow();
      expect(handled).to.deep.equal([[id(2), 'request-2']]);
      const [line] = log.lines;
      expect(line).to.deep.include({ level: 'warn', message: 'a view left out a message that is no event' });
      expect(line?.fields).to.include({ topic: 'door-events', partition: 0, offset: '0' });
    });
  }
});
