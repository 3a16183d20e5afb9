import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { KafkaRepository, TranslationEvents } from '../../../../internal/app/index.js';
import { Unavailable } from '../../../../internal/entity/errors.js';
import { Translator } from '../../../../internal/repo/contracts.js';
import { createKafkajsDriver, KafkaAdmin } from '../../../../pkg/kafka/index.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import { testBrokers, uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { type Instance, Instances } from '../../support/instance.js';

const translation = { userId: 'u', source: 'en', target: 'de', original: 'good morning' };

describe('translations on Kafka', function () {
  this.timeout(60_000);
  const instances = new Instances();

  afterEach(() => instances.stop());

  const eventsOf = (service: Instance): TranslationEvents =>
    service.container.get<TranslationEvents>(TranslationEvents);

  /** What its groups handled. */
  const handledBy = (service: Instance) =>
    service.consumed.filter(({ reader }) => reader !== 'view').map(({ stored }) => stored);

  const typesOf = (service: Instance) => handledBy(service).map(({ event }) => event.type);

  it('answers a requested translation once, with the cause named', async () => {
    const service = await instances.start({ prefix: uniqueName('translate') });
    const { event: request } = await eventsOf(service).produceTranslationEvent(translation);
    await eventually(() => handledBy(service).length === 2);
    expect(typesOf(service)).to.deep.equal(['translation.requested', 'translation.completed']);
    const completed = handledBy(service)[1]?.event;
    expect(completed?.data).to.include({ original: 'good morning', translated: 'guten Morgen' });
    expect(completed?.aggregateId).to.equal(request.aggregateId);
    expect(completed?.metadata).to.deep.equal({
      correlationId: request.metadata.correlationId,
      causationId: request.id,
    });
  });

  it('answers a request each time that it comes, always by the same event', async () => {
    const service = await instances.start({ prefix: uniqueName('repeat') });
    for (let times = 0; times < 2; times += 1) {
      await eventsOf(service).produceTranslationEvent(translation, { idempotencyKey: 'k-1' });
    }
    await eventually(() => handledBy(service).length === 4);
    expect(typesOf(service).filter((type) => type === 'translation.completed')).to.have.length(2);
    expect(new Set(handledBy(service).map(({ event }) => event.id)).size).to.equal(2);
  });

  it('goes on after a restart where it stopped: nothing is lost and nothing handled is handled again', async () => {
    const prefix = uniqueName('restart');
    const first = await instances.start({ prefix });
    await eventsOf(first).produceTranslationEvent(translation);
    await eventually(() => handledBy(first).length === 2);
    expect(await first.stop()).to.equal(true);

    const second = await instances.start({ prefix });
    const { event } = await eventsOf(second).produceTranslationEvent(translation);
    await eventually(() => handledBy(second).length === 2);
    expect(handledBy(second).map((stored) => stored.event.aggregateId)).to.deep.equal([
      event.aggregateId,
      event.aggregateId,
    ]);
  });

  it('starts its consumers when they are switched on that were off at the start', async () => {
    const flags = { 'KAFKA.CONTROL.CONSUMER_ENABLED': 'false' };
    const service = await instances.start({ prefix: uniqueName('switch'), flags });
    await eventsOf(service).produceTranslationEvent(translation);
    expect(handledBy(service)).to.be.empty;
    await service.container.get<KafkaRepository>(KafkaRepository).enableConsumer();
    await eventually(() => handledBy(service).length === 2);
  });

  it('stops within its time, and cleanly, although a handler does not end', async () => {
    let asked = false;
    const service = await instances.start({
      prefix: uniqueName('drain'),
      flags: { 'HTTP.SHUTDOWN_TIMEOUT': '3000' },
      overrides: (bindings) => {
        bindings.rebind<Translator>(Translator).toConstantValue({
          translate: () => {
            asked = true;
            return new Promise(() => undefined);
          },
        });
      },
    });
    await eventsOf(service).produceTranslationEvent(translation);
    await eventually(() => asked);
    expect(await service.stop()).to.equal(true);
  });

  it('tells as its lag all requests that wait while the translator cannot be had', async () => {
    const down = () => Promise.reject(new Unavailable('TRANSLATOR_UNAVAILABLE', 'It is down.'));
    const service = await instances.start({
      prefix: uniqueName('lag'),
      overrides: (bindings) =>
        void bindings.rebind<Translator>(Translator).toConstantValue({ translate: down }),
    });
    // Ids that follow from a key go to the same partitions each time: to all three of them.
    const ask = (numbers: string) =>
      Promise.all(
        Array.from(numbers, (idempotencyKey) =>
          eventsOf(service).produceTranslationEvent(translation, { idempotencyKey }),
        ),
      );
    const waiting = () =>
      service.container.get<KafkaRepository>(KafkaRepository).getStatus().consumers[0]?.waitingPartitions ??
      [];
    await ask('abcdefghij');
    await eventually(() => waiting().length === 3);
    await ask('0123456789');
    const text = await (await service.call('/metrics')).text();
    const lags = text.matchAll(/^kafka_consumergroup_lag\{.*topic="[^"]*translation-events",.*\} (\d+)$/gm);
    expect(Array.from(lags, ([, lag]) => Number(lag)).reduce((sum, lag) => sum + lag)).to.equal(20);
  });

  it('sets a request aside whose answer is larger than the topic takes, and goes on', async () => {
    const service = await instances.start({
      prefix: uniqueName('large'),
      overrides: (bindings) =>
        void bindings.rebind<Translator>(Translator).toConstantValue({
          // No compression makes it much smaller.
          translate: (text) => Promise.resolve(text === 'long' ? randomBytes(10_000).toString('hex') : text),
        }),
    });
    const driver = createKafkajsDriver({
      brokers: await testBrokers(),
      clientId: 'test',
      logger: silentLogger,
    });
    const limit = { 'max.message.bytes': '4000' };
    await new KafkaAdmin(driver).alterTopicConfigs(service.topic('translations'), limit);
    // Of one user, so that the second waits for the first.
    await eventsOf(service).produceTranslationEvent({ ...translation, original: 'long' });
    await eventsOf(service).produceTranslationEvent({ ...translation, original: 'short' });
    await eventually(() => typesOf(service).includes('translation.completed'));
    const original = randomBytes(5_000).toString('hex');
    const answer = await service.send('POST', '/v1/translations', { ...translation, original });
    expect([answer.status, answer.body['code']]).to.deep.equal([413, 'EVENT_TOO_LARGE']);
  });

  it('shares the work among instances: each request is handled by one of them', async () => {
    const prefix = uniqueName('share');
    const both = [await instances.start({ prefix }), await instances.start({ prefix })];
    const requests = await Promise.all(
      Array.from({ length: 20 }, () => eventsOf(both[0]!).produceTranslationEvent(translation)),
    );
    const handled = () => both.flatMap((service) => handledBy(service).map(({ event }) => event.id));
    await eventually(() => handled().length === 40);
    expect(handled()).to.include.members(requests.map(({ event }) => event.id));
    expect(new Set(handled()).size).to.equal(40);
    for (const service of both) expect(handledBy(service)).not.to.be.empty;
  });
});
