import 'reflect-metadata';
import { expect } from 'chai';
import sinon from 'sinon';
import { NotAllowed } from '../../../internal/entity/errors.js';
import { type KafkaRepository } from '../../../internal/repo/contracts.js';
import { KafkaUseCase } from '../../../internal/usecase/kafka/kafka.js';
import { rejection } from '../../support/caught.js';

const position = { topic: 'user-events', partition: 1, offset: '7' };

describe('the use case for messages by hand', () => {
  const sandbox = sinon.createSandbox();
  const kafka = {
    sendMessage: sandbox.stub(),
    receiveOne: sandbox.stub(),
    enableProducer: sandbox.stub(),
    disableProducer: sandbox.stub(),
    isProducerEnabled: sandbox.stub(),
    enableConsumer: sandbox.stub(),
    disableConsumer: sandbox.stub(),
    isConsumerEnabled: sandbox.stub(),
    getStatus: sandbox.stub(),
  };
  const ids = { next: () => 'id-1', derived: (name: string) => `id of ${name}` };
  let useCase: KafkaUseCase;

  beforeEach(() => {
    sandbox.reset();
    kafka.sendMessage.resolves(position);
    kafka.getStatus.returns({ instance: 'machine:1' });
    useCase = new KafkaUseCase(kafka as unknown as KafkaRepository, new Set(['user-events']), ids);
  });

  it('sends a message and says where it lies and under which id', async () => {
    const produced = await useCase.produceMessage({ topic: 'user-events', key: 'k', value: { a: 1 } });
    expect(produced).to.deep.equal({ ...position, eventId: 'id-1' });
    sinon.assert.calledOnceWithMatch(kafka.sendMessage, 'user-events', 'k', '{"a":1}', {
      headers: { 'event-id': 'id-1' },
    });
  });

  for (const [value, sent] of [
    ['text', 'text'],
    [null, null],
    [0, '0'],
    [['a'], '["a"]'],
  ] as const) {
    it(`sends the value ${JSON.stringify(value)} as ${sent ?? 'a tombstone'}`, async () => {
      await useCase.produceMessage({ topic: 'user-events', value });
      sinon.assert.calledOnceWithMatch(kafka.sendMessage, 'user-events', null, sent);
    });
  }

  it('gives a repeated message the same id, and passes the signal on', async () => {
    const { signal } = new AbortController();
    const message = { topic: 'user-events', value: 1 };
    const { eventId } = await useCase.produceMessage(message, { idempotencyKey: 'key', signal });
    expect(eventId).to.equal('id of key');
    sinon.assert.calledOnceWithMatch(kafka.sendMessage, 'user-events', null, '1', {
      headers: { 'event-id': 'id of key' },
      signal,
    });
  });

  it('sends nothing to a topic that is not configured', async () => {
    const message = { topic: '__consumer_offsets', value: 1 };
    const error = await rejection(useCase.produceMessage(message), NotAllowed);
    expect(error.code).to.equal('TOPIC_NOT_CONFIGURED');
    sinon.assert.notCalled(kafka.sendMessage);
  });

  for (const { call, acts, asks } of [
    { call: 'enableProducer', acts: kafka.enableProducer, asks: kafka.isProducerEnabled },
    { call: 'disableProducer', acts: kafka.disableProducer, asks: kafka.isProducerEnabled },
    { call: 'enableConsumer', acts: kafka.enableConsumer, asks: kafka.isConsumerEnabled },
    { call: 'disableConsumer', acts: kafka.disableConsumer, asks: kafka.isConsumerEnabled },
  ] as const) {
    it(`${call} turns the switch and says how it stands now, on which instance`, async () => {
      const enabled = call.startsWith('enable');
      asks.callsFake(() => acts.called === enabled);
      const options = { signal: new AbortController().signal };
      expect(await useCase[call](options)).to.deep.equal({ enabled, instance: 'machine:1' });
      sinon.assert.calledOnce(acts);
      if (call !== 'enableProducer') sinon.assert.calledWith(acts, options);
    });
  }

  it('receives the next message, waiting as long as it is told to or until the caller has gone', async () => {
    const { signal } = new AbortController();
    kafka.receiveOne.withArgs('t', 'g', { timeoutMs: 5, signal }).resolves('message');
    expect(await useCase.receiveMessage({ topic: 't', group: 'g', timeoutMs: 5 }, { signal })).to.equal(
      'message',
    );
  });

  it('says how the clients stand', () => {
    expect(useCase.status()).to.deep.equal({ instance: 'machine:1' });
  });
});
