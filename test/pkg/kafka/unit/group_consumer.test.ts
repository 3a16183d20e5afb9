import { expect } from 'chai';
import type { SinonFakeTimers } from 'sinon';
import { DriverError, GroupConsumer } from '../../../../pkg/kafka/index.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import { currentContext, runWithContext } from '../../../../pkg/logger/index.js';
import { deferred, FakeDriver, rejection } from './fakes.js';
import { endUnder, virtualClock } from '../../../support/virtual_clock.js';

const handler = async () => undefined;
const crash = new DriverError('failed', 'the coordinator is gone');

describe('GroupConsumer', () => {
  let driver: FakeDriver;
  let group: GroupConsumer;
  let clock: SinonFakeTimers;

  beforeEach(() => {
    clock = virtualClock();
    driver = new FakeDriver();
    group = new GroupConsumer(driver, 'g');
    group.subscribe('t', handler);
  });
  afterEach(async () => {
    await endUnder(clock, 20_000, () => group.stop());
  });

  it('runs once however often it is started, and reports what it does', async () => {
    expect(group.status()).to.deep.equal({
      groupId: 'g',
      topics: ['t'],
      state: 'stopped',
      reason: null,
      assigned: [],
      stoppedPartitions: [],
      partitions: [],
      flooded: false,
    });
    await Promise.all([group.start(), group.start()]);
    expect(driver.consumers).to.have.length(1);
    expect(group.status().state).to.equal('running');
    expect(group.status().assigned).to.have.length(2);
    await Promise.all([group.stop(), group.stop()]);
    expect(driver.consumers[0]?.stopped).to.equal(true);
    expect(group.status()).to.deep.include({ state: 'stopped', assigned: [] });
  });

  it('takes one handler per topic, and no new topic while it runs', async () => {
    expect(() => {
      group.subscribe('t', handler);
    })
      .to.throw()
      .with.property('code', 'KAFKA_DUPLICATE_CONSUMER');
    await group.start();
    expect(() => {
      group.subscribe('u', handler);
    })
      .to.throw()
      .with.property('code', 'KAFKA_GROUP_SUBSCRIPTION_MISMATCH');
    await group.stop();
    group.subscribe('u', handler);
    expect(group.status().topics).to.deep.equal(['t', 'u']);
  });

  it('is made anew after a crash, with growing pauses until it is joined again', async () => {
    await group.start();
    const join = driver.onJoin;
    driver.onJoin = async () => {
      throw crash;
    };
    driver.consumers[0]?.listener.onCrashed(crash);
    expect(group.status().state).to.equal('recovering');
    await clock.tickAsync(1_200);
    expect(driver.consumers).to.have.length(2);
    await clock.tickAsync(1_200);
    expect(driver.consumers, 'the second pause is longer').to.have.length(2);
    driver.onJoin = join;
    await clock.tickAsync(1_300);
    expect(driver.consumers).to.have.length(3);
    expect(group.status()).to.deep.include({ state: 'running' });
  });

  it('says why it is recovering, and of a right that is missing in the log what every part of the client says', async () => {
    const errors: string[] = [];
    const logger = { ...silentLogger, error: (message: string) => errors.push(message) };
    group = new GroupConsumer(driver, 'g', { logger });
    group.subscribe('t', handler);
    await group.start();
    driver.consumers[0]?.listener.onCrashed(crash);
    expect(group.status().reason).to.equal('the coordinator is gone');
    expect(errors).to.deep.equal(['a consumer crashed and is started anew']);
    const join = driver.onJoin;
    const denial = new DriverError('refused', 'it lacks READ', {
      protocolError: 'GROUP_AUTHORIZATION_FAILED',
    });
    driver.onJoin = () => Promise.reject(denial);
    await clock.tickAsync(5_000);
    expect(group.status().reason).to.equal('it lacks READ');
    expect([...new Set(driver.denials)]).to.deep.equal(['it lacks READ']);
    expect(errors).to.have.length(1);
    driver.onJoin = join;
    await clock.tickAsync(40_000);
    expect(group.status()).to.deep.include({ state: 'running', reason: null });
  });

  it('lives outside of the request that starts it, whose correlation id is none of its lines', async () => {
    const seen: unknown[] = [];
    const join = driver.onJoin;
    driver.onJoin = (consumer, timeoutMs) => {
      seen.push(currentContext());
      return join(consumer, timeoutMs);
    };
    await runWithContext({ correlationId: 'req-1' }, async () => {
      await group.start();
      expect(currentContext()?.correlationId).to.equal('req-1');
    });
    driver.consumers[0]?.listener.onCrashed(crash);
    await clock.tickAsync(1_200);
    expect(seen).to.deep.equal([undefined, undefined]);
  });

  it('22, N5: a consumer that is stopped while it recovers from a crash stays stopped', async () => {
    await group.start();
    driver.consumers[0]?.listener.onCrashed(crash);
    await group.stop();
    await clock.tickAsync(120_000);
    expect(driver.consumers).to.have.length(1);
    expect(group.status().state).to.equal('stopped');
  });

  it('stopping gives up a start that is under way', async () => {
    const never = deferred();
    driver.onJoin = () => never.promise;
    const starting = rejection(group.start());
    await clock.tickAsync(1);
    await group.stop();
    const error = await starting;
    expect(error.code).to.equal('KAFKA_START_ABORTED');
    expect(error.message).to.contain('group g').and.contain('stopped while it started');
    expect(group.status().state).to.equal('stopped');
    expect(driver.consumers[0]?.stopped).to.equal(true);
  });

  it('stopping gives up a start that waits for the stop before it', async () => {
    await group.start();
    driver.onJoin = () => Promise.reject(new Error('it was begun'));
    const first = group.stop();
    const starting = rejection(group.start());
    await Promise.all([first, group.stop()]);
    expect((await starting).code).to.equal('KAFKA_START_ABORTED');
    expect(driver.consumers).to.have.length(1);
    expect(group.status().state).to.equal('stopped');
  });

  it('a start that waits for a stop is begun after it', async () => {
    await group.start();
    await Promise.all([group.stop(), group.start()]);
    expect(group.status().state).to.equal('running');
  });

  it('a start that is to keep trying fails and is tried again with growing pauses, its topics as well', async () => {
    const down = () => Promise.reject(new DriverError('unreachable', 'ECONNREFUSED'));
    const [join, lookUp] = [driver.onJoin, driver.admin.partitionCount.bind(driver.admin)];
    driver.admin.partitionCount = down;
    expect((await rejection(group.start({ keepTrying: true }))).code).to.equal('KAFKA_GROUP_JOIN_FAILED');
    expect(group.status().state).to.equal('recovering');
    driver.admin.partitionCount = lookUp;
    driver.onJoin = down;
    await clock.tickAsync(1_200);
    expect(driver.lookups).to.include('t');
    expect(driver.consumers).to.have.length(1);
    await clock.tickAsync(1_200);
    expect(driver.consumers, 'the second pause is longer').to.have.length(1);
    driver.onJoin = join;
    driver.admin.partitionCount = () => expect.fail('the topics were found already');
    await clock.tickAsync(1_300);
    expect(driver.consumers).to.have.length(2);
    expect(group.status().state).to.equal('running');
  });

  it('a start while it recovers is tried at once, and recovering goes on when that fails', async () => {
    const join = driver.onJoin;
    driver.onJoin = () => Promise.reject(crash);
    await rejection(group.start({ keepTrying: true }));
    await rejection(group.start());
    expect(driver.consumers).to.have.length(2);
    expect(group.status().state).to.equal('recovering');
    driver.onJoin = join;
    await group.start();
    expect(group.status().state).to.equal('running');
    await clock.tickAsync(60_000);
    expect(driver.consumers).to.have.length(3);
  });

  it('stopping ends the tries of a start that is to keep trying', async () => {
    driver.onJoin = () => Promise.reject(crash);
    await rejection(group.start({ keepTrying: true }));
    await group.stop();
    await clock.tickAsync(120_000);
    expect([driver.consumers.length, group.status().state]).to.deep.equal([1, 'stopped']);
  });

  it('a start that fails says why, names the brokers, and can be repeated', async () => {
    const join = driver.onJoin;
    driver.onJoin = async () => {
      throw new DriverError('unreachable', 'ECONNREFUSED');
    };
    const error = await rejection(group.start());
    expect(error.code).to.equal('KAFKA_GROUP_JOIN_FAILED');
    expect(error.message).to.contain('fake:9092').and.contain('ECONNREFUSED');
    driver.onJoin = async () => {
      throw new DriverError('unknown-topic', 'no such topic', { topic: 't' });
    };
    expect((await rejection(group.start())).code).to.equal('KAFKA_UNKNOWN_TOPIC');
    driver.onJoin = join;
    await group.start();
    expect(group.status().state).to.equal('running');
  });
});
