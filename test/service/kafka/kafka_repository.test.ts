import { expect } from 'chai';
import sinon from 'sinon';
import {
  Conflict,
  NotAllowed,
  NotFound,
  NotPublished,
  TooLarge,
  Unavailable,
} from '../../../internal/entity/errors.js';
import { UndecodableEvent } from '../../../pkg/events/index.js';
import { type MessageReceiver } from '../../../internal/repo/persistent/kafka/message_receiver.js';
import {
  ManagedKafkaRepository,
  type SentMessage,
} from '../../../internal/repo/persistent/kafka/kafka_repository.js';
import {
  DriverError,
  InvalidMessage,
  type KafkaManager,
  MessageTooLarge,
  ProducerDisabled,
  PublishNotSent,
  PublishOutcomeUnknown,
  PublishRefused,
} from '../../../pkg/kafka/index.js';
import { runWithContext } from '../../../pkg/logger/index.js';
import { rejection } from '../../support/caught.js';

const position = { topic: 't', partition: 0, offset: '1' };

describe('the Kafka repository', () => {
  const sandbox = sinon.createSandbox();
  const manager = {
    sendMessage: sandbox.stub(),
    getStatus: sandbox.stub(),
    addConsumer: sandbox.stub(),
    disableProducer: sandbox.stub(),
    enableConsumer: sandbox.stub(),
    disableConsumer: sandbox.stub(),
    isConsumerEnabled: sandbox.stub(),
  };
  const receiver = { receive: sandbox.stub() };
  let repository: ManagedKafkaRepository;
  let sent: SentMessage[];

  beforeEach(() => {
    sandbox.reset();
    sent = [];
    manager.sendMessage.resolves(position);
    repository = new ManagedKafkaRepository({
      manager: manager as unknown as KafkaManager,
      receiver: receiver as unknown as MessageReceiver,
      instance: 'machine:1',
      onSent: (one) => sent.push(one),
    });
  });

  const send = (signal?: AbortSignal) =>
    repository.sendMessage('t', 'k', 'v', {
      headers: { 'event-id': 'e-1', 'event-type': 'user.created' },
      signal,
    });

  it('sends under the correlation id of the work in hand', async () => {
    expect(await runWithContext({ correlationId: 'req-1' }, () => send())).to.equal(position);
    sinon.assert.calledOnceWithMatch(manager.sendMessage, 't', 'k', 'v', {
      headers: { 'event-id': 'e-1', 'correlation-id': 'req-1' },
    });
  });

  it('reports each message once it is known what became of it', async () => {
    await send();
    manager.sendMessage.rejects(new ProducerDisabled());
    const error = await rejection(send(), NotPublished);
    expect(sent).to.have.length(2);
    expect(sent[0]).to.include({ topic: 't', eventType: 'user.created', error: undefined });
    expect(sent[1]).to.include({ topic: 't', eventType: 'user.created', error });
    expect(sent[0]?.seconds).to.be.within(0, 1);
  });

  it('receives a message by the receiver', async () => {
    const options = { timeoutMs: 1, signal: new AbortController().signal };
    receiver.receive.withArgs('t', 'g', options).resolves('message');
    expect(await repository.receiveOne('t', 'g', options)).to.equal('message');
  });

  it('says which instance it speaks of', () => {
    manager.getStatus.returns({ producerEnabled: true, consumers: [] });
    expect(repository.getStatus()).to.include({ instance: 'machine:1', producerEnabled: true });
  });

  it('names the partitions that wait until a failed message is set aside, for what a handler needs, or before damage, and why', () => {
    const partitions = [
      { topic: 't', partition: 0, deadLetterError: null, unreadable: null, holds: ['infrastructure'] },
      { topic: 't', partition: 1, deadLetterError: 'no leader', unreadable: null, holds: ['dead-letter'] },
      { topic: 't', partition: 2, deadLetterError: null, unreadable: 'it is damaged', holds: [] },
    ];
    manager.getStatus.returns({ consumers: [{ groupId: 'g', partitions }] });
    const [consumer] = repository.getStatus().consumers;
    expect(consumer?.blockedPartitions).to.deep.equal([{ topic: 't', partition: 1, reason: 'no leader' }]);
    expect(consumer?.waitingPartitions).to.deep.equal([partitions[0]]);
    expect(consumer?.unreadablePartitions).to.deep.equal([
      { topic: 't', partition: 2, reason: 'it is damaged' },
    ]);
  });

  for (const [what, error, expected] of [
    ['what is no event', new UndecodableEvent('no JSON'), 'fatal'],
    ['what is unavailable', new Unavailable('TRANSLATOR_UNAVAILABLE', 'It is down.'), 'infrastructure'],
    ['what is not allowed', new NotAllowed('TRANSLATION_REFUSED', 'Never.'), 'fatal'],
    ['what was not published', new NotPublished('unknown', 'e-1'), 'infrastructure'],
    ['what is not there', new NotFound('USER_NOT_FOUND', 'There is none.'), 'retry'],
    ['what contradicts', new Conflict('USER_EXISTS', 'There is one.'), 'retry'],
    ['an error', new Error('once'), 'retry'],
  ] as const) {
    it(`tells how a failure is dealt with: ${what}`, () => {
      repository.addConsumer('t', 'g', () => Promise.resolve());
      const { classify } = manager.addConsumer.firstCall.args[3] as { classify: (thrown: unknown) => string };
      expect(classify(error)).to.equal(expected);
    });
  }

  for (const [error, outcome] of [
    [new ProducerDisabled(), 'not-stored'],
    [new PublishNotSent('t', 'no leader'), 'not-stored'],
    [new PublishOutcomeUnknown('t', 'no answer'), 'unknown'],
  ] as const) {
    it(`names the event that ${error.name} kept from being published: ${outcome}`, async () => {
      manager.sendMessage.rejects(error);
      const failure = await rejection(send(), NotPublished);
      expect(failure).to.include({ outcome, eventId: 'e-1', cause: error });
    });
  }

  /** As the broker says it. */
  const refused = (protocolError: string) =>
    new PublishRefused('t', 'why', new DriverError('refused', 'why', { protocolError }));

  for (const [what, error, type, code] of [
    ['a message over the limit of the producer', new MessageTooLarge('t', 2, 1), TooLarge, 'EVENT_TOO_LARGE'],
    ['a message over that of its topic', refused('MESSAGE_TOO_LARGE'), TooLarge, 'EVENT_TOO_LARGE'],
    ['a batch over that of its topic', refused('RECORD_LIST_TOO_LARGE'), TooLarge, 'EVENT_TOO_LARGE'],
    ['what is no message', new InvalidMessage('t', 'why'), NotAllowed, 'EVENT_INVALID'],
  ] as const) {
    it(`lets nobody repeat what no broker will ever take: ${what}`, async () => {
      manager.sendMessage.rejects(error);
      const failure = await rejection<NotAllowed>(send(), type);
      expect(failure).to.include({ code, cause: error });
      expect(sent[0]).to.include({ error: failure });
      repository.addConsumer('t', 'g', () => Promise.resolve());
      const { classify } = manager.addConsumer.firstCall.args[3] as { classify: (thrown: unknown) => string };
      expect(classify(failure)).to.equal('fatal');
    });
  }

  it('waits for a right that is missing, which an operator may grant', async () => {
    manager.sendMessage.rejects(refused('TOPIC_AUTHORIZATION_FAILED'));
    expect((await rejection(send(), NotPublished)).outcome).to.equal('not-stored');
  });

  for (const [call, isOn, said] of [
    ['disableProducer', true, /^Producing is off, but /],
    ['enableConsumer', true, /^Consuming is on, but .* go on trying/],
    ['enableConsumer', false, /^Consuming was switched off again/],
    ['disableConsumer', false, /^Consuming is off, but /],
  ] as const) {
    it(`says how a switch stands when nobody waits for what it set going: ${String(said)}`, async () => {
      manager[call].returns(new Promise(() => undefined));
      manager.isConsumerEnabled.returns(isOn);
      const caller = new AbortController();
      const turned = repository[call]({ signal: caller.signal });
      caller.abort();
      const error = await rejection(turned, Unavailable);
      expect(error.message).to.match(said);
      expect(error.code).to.equal('KAFKA_UNAVAILABLE');
    });
  }

  it('says that consumers go on trying where they could not join their groups', async () => {
    const cause = new Error('no broker');
    manager.enableConsumer.rejects(cause);
    manager.isConsumerEnabled.returns(true);
    const error = await rejection(repository.enableConsumer(), Unavailable);
    expect(error.message).to.match(/go on trying/);
    expect(error.cause).to.equal(cause);
  });

  it('stops waiting when its caller does, and calls the outcome unknown', async () => {
    manager.sendMessage.returns(new Promise(() => undefined));
    const caller = new AbortController();
    const outcome = send(caller.signal);
    caller.abort();
    expect(await rejection(outcome, NotPublished)).to.include({ outcome: 'unknown', eventId: 'e-1' });
  });

  it('sends nothing for a caller who has gone already', async () => {
    const failure = await rejection(send(AbortSignal.abort()), NotPublished);
    expect(failure.outcome).to.equal('not-stored');
    sinon.assert.notCalled(manager.sendMessage);
  });
});
