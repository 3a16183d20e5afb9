import { expect } from 'chai';
import { type Broker, startBroker } from '../../../../pkg/devbroker/index.js';
import { onExternalBroker } from '../../../support/broker.js';
import { type Instance, Instances, TEST_DOMAIN } from '../../support/instance.js';

/** What the receiver asks of the brokers, one after the other. */
const ASKED = ['DescribeGroups', 'ListOffsets', 'OffsetFetch', 'OffsetCommit'];

describe('receiving a message over HTTP from brokers that are silent', function () {
  this.timeout(20_000);
  const instances = new Instances();
  let broker: Broker;
  let service: Instance;
  let path: string;

  before(async function () {
    // Nothing of this depends on the brokers that the suite runs on.
    if (onExternalBroker()) this.skip();
    broker = await startBroker();
    const flags = { 'HTTP.KAFKA_TIMEOUT': '1000', 'HTTP.SHUTDOWN_TIMEOUT': '2000' };
    service = await instances.start({ prefix: 'silent', brokers: broker.brokers, flags });
    const topic = service.topic(TEST_DOMAIN);
    const sent = await service.send('POST', '/v1/kafka/producer/request', { topic, value: 'x' });
    expect(sent.status).to.equal(200);
    path = `/v1/kafka/consumer/receiver?topic=${topic}&timeoutMs=1&group=`;
  });

  after(async () => {
    await instances.stop();
    // Not there where the suite was skipped.
    if (!onExternalBroker()) await broker.stop();
  });

  for (const api of ASKED) {
    it(`answers 503 in time where ${api} is not answered, and serves the next call`, async () => {
      const held = broker.faults.add({ api, hold: 'before', times: Infinity });
      const silent = await service.send('GET', path + api);
      held.remove();
      expect([silent.status, silent.body['code']]).to.deep.equal([503, 'KAFKA_UNAVAILABLE']);
      expect(held.used).to.be.greaterThan(0);
    });
  }

  it('answers 503 where the brokers cannot be reached', async () => {
    const cut = broker.faults.add({ disconnect: 'before', times: Infinity });
    const { status, body } = await service.send('GET', `${path}cut`);
    cut.remove();
    expect([status, body['code']]).to.deep.equal([503, 'KAFKA_UNAVAILABLE']);
  });
});
