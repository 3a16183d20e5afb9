import { expect } from 'chai';
import sinon from 'sinon';
import { NotPublished } from '../../../internal/entity/errors.js';
import { ManagedKafkaRepository } from '../../../internal/repo/persistent/kafka/kafka_repository.js';
import {
  type KafkaManager,
  ProducerDisabled,
  PublishNotSent,
  PublishOutcomeUnknown,
} from '../../../pkg/kafka/index.js';
import { runWithContext } from '../../../pkg/logger/index.js';
import { rejection } from '../../support/caught.js';

const position = { topic: 't', partition: 0, offset: '1' };

describe('the Kafka repository', () => {
  const manager = { sendMessage: sinon.stub(), getStatus: sinon.stub() };
  let repository: ManagedKafkaRepository;

  beforeEach(() => {
    sinon.reset();
    manager.sendMessage.resolves(position);
    repository = new ManagedKafkaRepository(manager as unknown as KafkaManager, 'machine:1');
  });

  const send = (signal?: AbortSignal) =>
    repository.sendMessage('t', 'k', 'v', { headers: { 'event-id': 'e-1' }, signal });

  it('sends under the correlation id of the work in hand', async () => {
    expect(await runWithContext({ correlationId: 'req-1' }, () => send())).to.equal(position);
    sinon.assert.calledOnceWithMatch(manager.sendMessage, 't', 'k', 'v', {
      headers: { 'event-id': 'e-1', 'correlation-id': 'req-1' },
    });
  });

  it('says which instance it speaks of', () => {
    manager.getStatus.returns({ producerEnabled: true });
    expect(repository.getStatus()).to.include({ instance: 'machine:1', producerEnabled: true });
  });

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

  it('stops waiting when its caller does, and calls the outcome unknown', async () => {
    manager.sendMessage.returns(new Promise(() => undefined));
    const caller = new AbortController();
    const sent = send(caller.signal);
    caller.abort();
    expect(await rejection(sent, NotPublished)).to.include({ outcome: 'unknown', eventId: 'e-1' });
  });

  it('sends nothing for a caller who has gone already', async () => {
    const failure = await rejection(send(AbortSignal.abort()), NotPublished);
    expect(failure.outcome).to.equal('not-stored');
    sinon.assert.notCalled(manager.sendMessage);
  });
});
