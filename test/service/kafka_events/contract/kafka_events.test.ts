import { expect } from 'chai';
import { type Container } from 'inversify';
import { loadConfig } from '../../../../config/config.js';
import {
  brokerComponent,
  buildContainer,
  consumersComponent,
  EventObserver,
  kafkaComponent,
  KafkaEvents,
  KafkaRepository,
  Lifecycle,
  Logger,
  type StoredEvent,
} from '../../../../internal/app/index.js';
import { Translator } from '../../../../internal/repo/contracts.js';
import { testBrokers, uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** One running instance of the service without its HTTP side, and the events it was told of. */
interface Instance {
  events: KafkaEvents;
  kafka: KafkaRepository;
  consumed: StoredEvent[];
  /** Whether the translator given to it was asked. */
  translating(): boolean;
  stop(): Promise<boolean>;
}

describe('the service on Kafka', function () {
  this.timeout(60_000);
  const running: Instance[] = [];

  afterEach(async () => {
    await Promise.all(running.splice(0).map((instance) => instance.stop()));
  });

  async function start(
    prefix: string,
    flags: Record<string, string> = {},
    translate?: Translator['translate'],
  ): Promise<Instance> {
    const config = loadConfig({
      env: {},
      flags: {
        'KAFKA.BROKERS': (await testBrokers()).join(','),
        'KAFKA.GROUP_ID': prefix,
        'KAFKA.SESSION_TIMEOUT': '6000',
        'KAFKA.TOPICS.USER_EVENTS': `${prefix}.users`,
        'KAFKA.TOPICS.TRANSLATION_EVENTS': `${prefix}.translations`,
        ...flags,
      },
    });
    const consumed: StoredEvent[] = [];
    let translating = false;
    const container: Container = await buildContainer(config, (bindings) => {
      bindings.rebind<Logger>(Logger).toConstantValue(silent);
      bindings.rebind<EventObserver>(EventObserver).toConstantValue({
        produced: () => undefined,
        consumed: (stored) => void consumed.push(stored),
      });
      if (translate) {
        const translator: Translator = {
          translate: (...args) => {
            translating = true;
            return translate(...args);
          },
        };
        bindings.rebind<Translator>(Translator).toConstantValue(translator);
      }
    });
    const lifecycle = new Lifecycle({
      components: [brokerComponent(container), kafkaComponent(container), consumersComponent(container)],
      stopTimeoutMs: config.HTTP.SHUTDOWN_TIMEOUT,
      logger: silent,
    });
    await lifecycle.start();
    const instance = {
      events: container.get<KafkaEvents>(KafkaEvents),
      kafka: container.get<KafkaRepository>(KafkaRepository),
      translating: () => translating,
      consumed,
      stop: () => lifecycle.stop(),
    };
    running.push(instance);
    return instance;
  }

  const typesOf = (stored: readonly StoredEvent[]) => stored.map(({ event }) => event.type);

  it('handles the events of a user in the order in which they were published', async () => {
    const service = await start(uniqueName('order'));
    const published = [
      await service.events.produceUserEvent({
        type: 'user.created',
        userId: 'u',
        data: { email: 'a@example.com' },
      }),
      await service.events.produceUserEvent({
        type: 'user.updated',
        userId: 'u',
        data: { email: 'b@example.com' },
      }),
      await service.events.produceUserEvent({ type: 'user.deleted', userId: 'u', data: {} }),
    ];
    await eventually(() => service.consumed.length === 3);
    expect(service.consumed).to.deep.equal(published);
  });

  it('answers a requested translation once, with the cause named', async () => {
    const service = await start(uniqueName('translate'));
    const { event: request } = await service.events.produceTranslationEvent({
      userId: 'u',
      source: 'en',
      target: 'de',
      original: 'good morning',
    });
    await eventually(() => service.consumed.length === 2);
    expect(typesOf(service.consumed)).to.deep.equal(['translation.requested', 'translation.completed']);
    const completed = service.consumed[1]?.event;
    expect(completed?.data).to.include({ original: 'good morning', translated: 'guten Morgen' });
    expect(completed?.aggregateId).to.equal(request.aggregateId);
    expect(completed?.metadata).to.deep.equal({
      correlationId: request.metadata.correlationId,
      causationId: request.id,
    });
  });

  it('goes on after a restart where it stopped: nothing is lost and nothing handled is handled again', async () => {
    const prefix = uniqueName('restart');
    const first = await start(prefix);
    await first.events.produceUserEvent({
      type: 'user.created',
      userId: 'u',
      data: { email: 'a@example.com' },
    });
    await eventually(() => first.consumed.length === 1);
    expect(await first.stop()).to.equal(true);

    const second = await start(prefix);
    await second.events.produceUserEvent({ type: 'user.deleted', userId: 'u', data: {} });
    await eventually(() => second.consumed.length === 1);
    expect(typesOf(second.consumed)).to.deep.equal(['user.deleted']);
  });

  it('starts its consumers when they are switched on that were off at the start', async () => {
    const service = await start(uniqueName('switch'), { 'KAFKA.CONTROL.CONSUMER_ENABLED': 'false' });
    await service.events.produceUserEvent({ type: 'user.deleted', userId: 'u', data: {} });
    expect(service.consumed).to.deep.equal([]);
    await service.kafka.enableConsumer();
    await eventually(() => service.consumed.length === 1);
  });

  it('stops within its time, and cleanly, although a handler does not end', async () => {
    const service = await start(
      uniqueName('drain'),
      { 'HTTP.SHUTDOWN_TIMEOUT': '3000' },
      () => new Promise(() => undefined),
    );
    await service.events.produceTranslationEvent({ source: 'en', target: 'de', original: 'hello' });
    await eventually(() => service.translating());
    expect(await service.stop()).to.equal(true);
  });

  it('shares the events among instances: each event is handled by one of them', async () => {
    const prefix = uniqueName('share');
    const instances = [await start(prefix), await start(prefix)];
    const users = Array.from({ length: 20 }, (_, i) => `user-${i}`);
    await Promise.all(
      users.map((userId) =>
        instances[0]!.events.produceUserEvent({
          type: 'user.created',
          userId,
          data: { email: 'a@example.com' },
        }),
      ),
    );
    const handled = () => instances.flatMap(({ consumed }) => consumed.map(({ event }) => event.aggregateId));
    await eventually(() => new Set(handled()).size === users.length);
    expect(handled()).to.have.members(users);
    for (const { consumed } of instances) expect(consumed).not.to.be.empty;
  });
});
