import { expect } from 'chai';
import { DriverError, KafkaManager } from '../../../../pkg/kafka/index.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import { endUnder, virtualClock } from '../../../support/virtual_clock.js';
import { FakeDriver, rejection } from './fakes.js';

const handler = async () => undefined;

describe('KafkaManager', () => {
  let driver: FakeDriver;
  let manager: KafkaManager;

  beforeEach(() => {
    driver = new FakeDriver();
    manager = new KafkaManager(driver);
  });
  afterEach(() => manager.close());

  it('takes a topic once per group, and in as many groups as there are', () => {
    manager.addConsumer('t', 'g1', handler);
    manager.addConsumer('t', 'g2', handler);
    expect(() => {
      manager.addConsumer('t', 'g1', handler);
    })
      .to.throw()
      .with.property('code', 'KAFKA_DUPLICATE_CONSUMER');
    expect(manager.getStatus()).to.deep.include({
      consumerCount: 2,
      brokers: ['fake:9092'],
      scope: 'instance',
    });
  });

  it('starts the group of a topic with all its topics as one member, and leaves others alone', async () => {
    manager.addConsumer('t', 'g1', handler);
    manager.addConsumer('u', 'g1', handler);
    manager.addConsumer('t', 'g2', handler);
    await manager.startConsumer('u');
    expect(driver.consumers).to.have.length(1);
    expect(manager.getStatus().consumers.map(({ groupId, state }) => [groupId, state])).to.deep.equal([
      ['g1', 'running'],
      ['g2', 'stopped'],
    ]);
    expect(() => {
      manager.addConsumer('v', 'g1', handler);
    })
      .to.throw()
      .with.property('code', 'KAFKA_GROUP_SUBSCRIPTION_MISMATCH');
    await manager.startConsumer('t', 'g2');
    expect(driver.consumers).to.have.length(2);
    expect((await rejection(manager.startConsumer('t', 'g3'))).code).to.equal('KAFKA_UNKNOWN_CONSUMER');
    expect((await rejection(manager.startConsumer('x'))).code).to.equal('KAFKA_UNKNOWN_CONSUMER');
  });

  it('enabling starts again what ran before, and nothing else', async () => {
    manager.addConsumer('t', 'ran', handler);
    manager.addConsumer('t', 'rested', handler);
    await manager.startConsumer('t', 'ran');
    await manager.disableConsumer();
    await manager.enableConsumer();
    expect(manager.getStatus().consumers.map(({ groupId, state }) => [groupId, state])).to.deep.equal([
      ['ran', 'running'],
      ['rested', 'stopped'],
    ]);
  });

  it('enabling while the brokers are down says so and goes on trying: on means on', async () => {
    const clock = virtualClock();
    const join = driver.onJoin;
    manager.addConsumer('t', 'g', handler);
    await manager.startAllConsumers();
    await manager.disableConsumer();
    driver.onJoin = () => Promise.reject(new DriverError('unreachable', 'ECONNREFUSED'));
    const error = await rejection(manager.enableConsumer());
    expect([error.code, manager.isConsumerEnabled()]).to.deep.equal(['KAFKA_GROUP_JOIN_FAILED', true]);
    expect(manager.health().problems).to.deep.equal(['group g is recovering: ECONNREFUSED']);
    driver.onJoin = join;
    await clock.tickAsync(1_500);
    expect(manager.health().ok).to.equal(true);
    await endUnder(clock, 20_000, () => manager.close());
  });

  it('starts nothing while disabled, and says so', async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => warnings.push(message) };
    manager = new KafkaManager(driver, { consumerEnabled: false, producerEnabled: false, logger });
    manager.addConsumer('t', 'g', handler);
    await manager.startAllConsumers();
    expect(warnings).to.have.length(1);
    expect((await rejection(manager.startConsumer('t'))).code).to.equal('KAFKA_CONSUMER_DISABLED');
    expect((await rejection(manager.sendMessage('t', null, 'x'))).code).to.equal('KAFKA_PRODUCER_DISABLED');
    expect((await rejection(manager.sendMessages([]))).code).to.equal('KAFKA_PRODUCER_DISABLED');
    expect([driver.consumers, driver.producers]).to.deep.equal([[], []]);
    expect([manager.isConsumerEnabled(), manager.isProducerEnabled()]).to.deep.equal([false, false]);
  });

  it('one group that cannot start does not keep the others from it, and is reported', async () => {
    const join = driver.onJoin;
    driver.onJoin = async (consumer, timeoutMs) => {
      if (driver.consumers.length === 1) throw new DriverError('failed', 'no');
      await join(consumer, timeoutMs);
    };
    manager.addConsumer('t', 'bad', handler);
    manager.addConsumer('t', 'good', handler);
    expect((await rejection(manager.startAllConsumers())).code).to.equal('KAFKA_GROUP_JOIN_FAILED');
    expect(manager.getStatus().consumers.map(({ state }) => state)).to.deep.equal(['stopped', 'running']);
    expect(manager.health()).to.deep.equal({
      ok: false,
      problems: ['group bad is stopped'],
      waiting: [],
    });
  });

  it('switching on and off in any order ends as the last call says', async () => {
    manager.addConsumer('t', 'g', handler);
    await manager.startAllConsumers();
    const stopping = manager.disableConsumer();
    const starting = rejection(manager.enableConsumer());
    await Promise.all([stopping, manager.disableConsumer()]);
    expect((await starting).code, 'the start that came to nothing').to.equal('KAFKA_START_ABORTED');
    expect(manager.getStatus().consumers[0]?.state).to.equal('stopped');
    const first = rejection(manager.enableConsumer());
    await Promise.all([manager.disableConsumer(), manager.enableConsumer()]);
    expect((await first).code).to.equal('KAFKA_START_ABORTED');
    expect(manager.getStatus().consumers[0]?.state).to.equal('running');
  });

  it('ping names the brokers and the reason when none answers', async () => {
    driver.ping = () => Promise.reject(new DriverError('unreachable', 'connect ECONNREFUSED'));
    const error = await rejection(manager.ping());
    expect(error.code).to.equal('KAFKA_BROKER_UNREACHABLE');
    expect(error.message).to.contain('fake:9092').and.contain('ECONNREFUSED');
  });
});
