import { expect } from 'chai';
import sinon from 'sinon';
import {
  type KafkaRepository,
  type MessageHandler,
  type ReceivedMessage,
} from '../../../internal/repo/contracts.js';
import { type EventFollowers } from '../../../internal/repo/persistent/kafka/event_followers.js';
import { KafkaEventBus } from '../../../internal/repo/persistent/kafka/kafka_event_bus.js';
import { type Event, InvalidEvent, UndecodableEvent, UnknownEventType } from '../../../pkg/events/index.js';
import { currentContext, runWithContext } from '../../../pkg/logger/index.js';
import { caught, rejection } from '../../support/caught.js';
import { doorEvents, doorOpened, doorShut, lampLit, topicOf } from '../support/house_events.js';

const position = { topic: 'door-events', partition: 1, offset: '7' };

describe('the event bus', () => {
  // Of their own, since a restore of sinon's default sandbox elsewhere would forget these.
  const sandbox = sinon.createSandbox();
  const kafka = { sendMessage: sandbox.stub(), addConsumer: sandbox.stub() };
  const observer = { produced: sandbox.stub(), consumed: sandbox.stub() };
  const followers = { follow: sandbox.stub(), status: sandbox.stub() };
  const context = { signal: new AbortController().signal, attempt: 1 };
  let bus: KafkaEventBus;

  beforeEach(() => {
    sandbox.reset();
    kafka.sendMessage.resolves(position);
    bus = new KafkaEventBus({
      kafka: kafka as unknown as KafkaRepository,
      topics: new Map([
        ['doors', topicOf('door-events')],
        ['lamps', topicOf('lamp-events')],
      ]),
      source: 'test-service',
      groupPrefix: 'group',
      clock: { now: () => new Date('2025-10-09T12:00:00Z') },
      observer,
      followers: followers as unknown as EventFollowers,
    });
  });

  const sent = (): Event => JSON.parse(kafka.sendMessage.firstCall.args[2] as string) as Event;
  const message = (value: unknown): ReceivedMessage => ({
    ...position,
    key: Buffer.from('door-1'),
    value: Buffer.from(JSON.stringify(value)),
    headers: {},
    timestamp: 0,
  });

  describe('publishing', () => {
    it('fills in the envelope and sends it to the topic of its domain, keyed by its aggregate', async () => {
      const stored = await bus.publish(doorOpened, {
        aggregateId: 'door-1',
        data: { by: 'Ada' },
      });
      sinon.assert.calledOnceWithMatch(kafka.sendMessage, 'door-events', 'door-1');
      expect(sent()).to.deep.equal({
        id: stored.event.id,
        type: 'door.opened',
        source: 'test-service',
        version: '1.0',
        timestamp: '2025-10-09T12:00:00.000Z',
        aggregateType: 'Door',
        aggregateId: 'door-1',
        data: { by: 'Ada' },
        metadata: { correlationId: stored.event.id },
      });
      expect(stored.position).to.deep.equal(position);
      sinon.assert.calledOnceWithExactly(observer.produced, stored, 'door-1');
    });

    it('takes the correlation id of the request in hand', async () => {
      await runWithContext({ correlationId: 'request-1' }, () => bus.publish(doorShut, { data: {} }));
      expect(sent().metadata).to.deep.equal({ correlationId: 'request-1' });
    });

    it('takes the id and the signal of a publisher that has them', async () => {
      const id = '0192f0c1-5b7e-7c3a-9d2e-3f4a5b6c7d8e';
      const { signal } = new AbortController();
      const { event } = await bus.publish(doorShut, { data: {} }, { id, signal });
      expect(event.id).to.equal(id);
      sinon.assert.calledWithMatch(kafka.sendMessage, 'door-events', id, sinon.match.string, { signal });
    });

    it('gives a reaction the correlation of its cause and the same id each time it is worked out', async () => {
      const { event: causedBy } = await bus.publish(doorOpened, { data: { by: 'Ada' } });
      const draft = { data: {} };
      const [first, second] = await Promise.all([
        bus.publish(lampLit, draft, { causedBy }),
        bus.publish(lampLit, draft, { causedBy }),
      ]);
      expect(first.event.id).to.equal(second.event.id).and.not.to.equal(causedBy.id);
      const { correlationId } = causedBy.metadata;
      expect(first.event.metadata).to.deep.equal({ correlationId, causationId: causedBy.id });
    });

    it('refuses an invalid event and sends nothing', async () => {
      const error = await rejection(bus.publish(doorOpened, { data: { by: '' } }), InvalidEvent);
      expect(error.message).to.include('data.by');
      sinon.assert.notCalled(kafka.sendMessage);
    });

    it('tells nobody of an event that was not acknowledged', async () => {
      kafka.sendMessage.rejects(new Error('no broker'));
      await rejection(bus.publish(doorShut, { data: {} }), Error);
      sinon.assert.notCalled(observer.produced);
    });
  });

  it('gives different reactions to one event different ids', async () => {
    const { event: causedBy } = await bus.publish(doorOpened, { data: { by: 'Ada' } });
    const one = await bus.publish(doorShut, { data: {} }, { causedBy });
    const other = await bus.publish(doorOpened, { data: { by: 'Ada' } }, { causedBy });
    expect(one.event.id).not.to.equal(other.event.id);
  });

  describe('subscribing', () => {
    function subscribe(handler: sinon.SinonStub): MessageHandler {
      bus.subscribe(doorEvents, handler);
      sinon.assert.calledOnceWithMatch(kafka.addConsumer, 'door-events', 'group.door-events');
      return kafka.addConsumer.firstCall.args[2] as MessageHandler;
    }

    async function event(): Promise<Event> {
      return (await bus.publish(doorOpened, { aggregateId: 'door-1', data: { by: 'Ada' } })).event;
    }

    it('hands the decoded event on and tells the observer once it is handled', async () => {
      const handler = sandbox.stub().resolves();
      const receive = subscribe(handler);
      const published = await event();
      await receive(message(published), context);
      sinon.assert.calledOnceWithExactly(handler, published, context);
      sinon.assert.calledOnceWithExactly(
        observer.consumed,
        { event: published, position },
        'door-1',
        'group.door-events',
      );
    });

    it('runs the handler under the correlation id of the event', async () => {
      const handler = sandbox.stub().callsFake(async () => currentContext()?.correlationId);
      const receive = subscribe(handler);
      const published = await event();
      await receive(message(published), context);
      expect(await handler.firstCall.returnValue).to.equal(published.metadata.correlationId);
    });

    it('fails the message when the handler fails, so that it is tried again', async () => {
      const failure = new Error('no database');
      const receive = subscribe(sandbox.stub().rejects(failure));
      expect(await rejection(receive(message(await event()), context), Error)).to.equal(failure);
      sinon.assert.notCalled(observer.consumed);
    });

    it('never drops silently what it cannot read', async () => {
      const handler = sandbox.stub().resolves();
      const receive = subscribe(handler);
      const published = await event();
      await rejection(receive({ ...message(published), value: Buffer.from('?') }, context), UndecodableEvent);
      await rejection(receive(message({ ...published, type: 'door.vanished' }), context), UnknownEventType);
      await rejection(receive(message({ ...published, data: {} }), context), InvalidEvent);
      sinon.assert.notCalled(handler);
    });

    it('refuses definitions of several topics in one subscription', async () => {
      const error = caught(() => {
        bus.subscribe([doorOpened, lampLit], sandbox.stub());
      }, Error);
      expect(error.message).to.include('one topic');
    });
  });

  it('follows the topic of its definitions, and says how far it is', async () => {
    const handler = sandbox.stub();
    followers.follow.resolves();
    followers.status.returns(['far']);
    await bus.follow(doorEvents, handler);
    sinon.assert.calledOnceWithExactly(followers.follow, 'door-events', doorEvents, handler);
    expect(bus.following()).to.deep.equal(['far']);
  });
});
