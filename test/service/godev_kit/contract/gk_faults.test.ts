import { expect } from 'chai';
import { type Broker, startBroker } from '../../../../pkg/devbroker/index.js';
import { KafkaAdmin } from '../../../../pkg/kafka/index.js';
import { onExternalBroker } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { Instances } from '../../support/instance.js';

const translation = { source: 'en', target: 'de', original: 'hello' };

/** What brokers do to the service, which a broker of the test's own does on command. */
describe('the service on a broker that fails', function () {
  this.timeout(20_000);
  const instances = new Instances();
  let broker: Broker;

  before(function () {
    // Nothing of this depends on the brokers that the suite runs on.
    if (onExternalBroker()) this.skip();
  });

  beforeEach(async () => {
    broker = await startBroker();
  });

  afterEach(async () => {
    await instances.stop();
    await broker.stop();
  });

  const start = (flags: Record<string, string> = {}) =>
    instances.start({ prefix: 'faults', brokers: broker.brokers, flags });

  it('GK6: a fetch that fails is tried again with pauses, and what comes is handled once it works', async () => {
    const service = await start();
    const failing = broker.faults.add({ api: 'Fetch', error: 'UNKNOWN_SERVER_ERROR', times: Infinity });
    const startedAt = performance.now();
    await failing.waitUntilUsed(20);
    // Seven partitions are read; a loop without pauses would fail thousands of times a second.
    const perSecond = failing.used / ((performance.now() - startedAt) / 1000);
    expect(perSecond).to.be.lessThan(1_000);
    const { body } = await service.send('POST', '/v1/translations', translation);
    failing.remove();
    await eventually(async () => {
      const answer = await service.send('GET', `/v1/translations/${String(body['id'])}`);
      return answer.body['status'] === 'completed';
    });
  });

  it('answers 503 with the id of an event that is not confirmed in time, and the repetition is that event', async () => {
    const service = await start({ 'HTTP.PUBLISH_TIMEOUT': '1500' });
    const held = broker.faults.add({ api: 'Produce', hold: 'after', times: Infinity });
    const repeated = { 'idempotency-key': 'k' };
    const request = () => service.send('POST', '/v1/users', { id: 'u', email: 'a@example.com' }, repeated);
    const unconfirmed = await request();
    expect([unconfirmed.status, unconfirmed.body['code']]).to.deep.equal([503, 'EVENT_UNCONFIRMED']);
    expect(unconfirmed.headers.get('retry-after')).to.equal('5');
    expect(unconfirmed.body['eventId']).to.be.a('string');
    held.remove();
    const confirmed = await request();
    expect(confirmed.status).to.equal(202);
    expect(confirmed.body['eventId']).to.equal(unconfirmed.body['eventId']);
    await eventually(() => service.consumed.length === 1);
  });

  it('does not store an event that could not be sent in time, and says so', async () => {
    const service = await start({ 'HTTP.PUBLISH_TIMEOUT': '1500' });
    // The first event asks for its topic, and waits for the answer before it is sent.
    const held = broker.faults.add({ api: 'Metadata', hold: 'before', times: Infinity });
    const { status, body } = await service.send('POST', '/v1/users', { email: 'a@example.com' });
    expect([status, body['code']]).to.deep.equal([503, 'EVENT_NOT_STORED']);
    held.remove();
    const other = { id: 'other', email: 'a@example.com' };
    expect((await service.send('POST', '/v1/users', other)).status).to.equal(202);
    const offsets = await service.container.get(KafkaAdmin).topicOffsets(service.topic('users'));
    expect(
      offsets.reduce((sum, { high }) => sum + Number(high), 0),
      'events in the topic',
    ).to.equal(1);
  });

  it('says that it is not ready while no broker answers, stays alive, and is ready again after', async () => {
    const service = await start();
    const silent = broker.faults.add({ disconnect: 'before', times: Infinity });
    await eventually(async () => (await service.send('GET', '/readyz')).status === 503);
    expect((await service.send('GET', '/livez')).status).to.equal(200);
    silent.remove();
    await eventually(async () => (await service.send('GET', '/readyz')).status === 200);
  });
});
