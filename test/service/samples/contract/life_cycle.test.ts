import { expect } from 'chai';
import { type Broker, startBroker } from '../../../../pkg/devbroker/index.js';
import { KafkaAdmin } from '../../../../pkg/kafka/index.js';
import { currentContext } from '../../../../pkg/logger/index.js';
import { onExternalBroker } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { type Instance, Instances } from '../../support/instance.js';

const translation = { source: 'en', target: 'de', original: 'hello' };

/** From which the client does not come back. */
const TOPIC_AUTHORIZATION_FAILED = 29;
const GROUP_AUTHORIZATION_FAILED = 30;

/** What happens to a service that runs, on a broker of the test's own that fails on command. */
describe('the life of the service', function () {
  this.timeout(60_000);
  const instances = new Instances();
  const prefix = 'life';
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

  const start = () => instances.start({ prefix, brokers: broker.brokers });
  const turn = async (service: Instance, to: 'enable' | 'disable') => {
    expect((await service.send('POST', `/v1/kafka/consumer/${to}`)).status).to.equal(200);
  };
  const members = async (service: Instance) => {
    const group = `${prefix}.${service.topic('translations')}`;
    return (await service.container.get(KafkaAdmin).describeGroup(group)).members.length;
  };
  const statusOf = async (service: Instance, id: unknown) =>
    (await service.send('GET', `/v1/translations/${String(id)}`)).body['status'];

  it('a consumer that is off stays off while others come and go and connections break, and goes on from there', async () => {
    const [one, other] = [await start(), await start()];
    await eventually(async () => (await members(one)) === 2);
    await turn(one, 'disable');
    await turn(other, 'disable');
    await turn(other, 'enable');
    expect(await members(one)).to.equal(1);
    const asked = await one.send('POST', '/v1/translations', translation);
    await eventually(async () => (await statusOf(one, asked.body['id'])) === 'completed');
    await turn(other, 'disable');
    const cut = broker.faults.add({ disconnect: 'before', times: 8 });
    await cut.waitUntilUsed(8);
    await eventually(async () => (await one.send('GET', '/readyz')).body['status'] === 'warn');
    const waiting = await one.send('POST', '/v1/translations', translation);
    await eventually(async () => (await statusOf(one, waiting.body['id'])) === 'requested');
    expect(await members(one)).to.equal(0);
    await turn(one, 'enable');
    await eventually(async () => (await statusOf(one, waiting.body['id'])) === 'completed');
  });

  it('answers a switch in time while the brokers are silent, says how it stands, and does it once they answer', async () => {
    const flags = { 'HTTP.KAFKA_TIMEOUT': '1500' };
    const service = await instances.start({ prefix, brokers: broker.brokers, flags });
    await turn(service, 'disable');
    const joining = broker.faults.add({ api: 'JoinGroup', hold: 'before', times: Infinity });
    const enabled = await service.send('POST', '/v1/kafka/consumer/enable');
    expect([enabled.status, enabled.body['code']]).to.deep.equal([503, 'KAFKA_UNAVAILABLE']);
    expect(enabled.body['detail']).to.match(/^Consuming is on/);
    joining.remove();
    await eventually(async () => (await service.send('GET', '/readyz')).status === 200);

    const storing = broker.faults.add({ api: 'Produce', hold: 'before', times: Infinity });
    const asked = service.send('POST', '/v1/translations', translation);
    await storing.waitUntilUsed();
    const disabled = await service.send('POST', '/v1/kafka/producer/disable');
    expect([disabled.status, disabled.body['code']]).to.deep.equal([503, 'KAFKA_UNAVAILABLE']);
    expect(disabled.body['detail']).to.match(/^Producing is off/);
    storing.remove();
    expect((await asked).status).to.equal(202);
    expect((await service.send('POST', '/v1/kafka/producer/disable')).status).to.equal(200);
  });

  it('logs nothing of its consumers under the correlation id of the request that switched them on', async () => {
    const service = await start();
    const headers = { 'x-correlation-id': 'of-the-switch' };
    await turn(service, 'disable');
    const contexts: unknown[] = [];
    const { info } = service.log;
    service.log.info = (message, fields) => {
      if (message === 'partitions assigned') contexts.push(currentContext());
      info.call(service.log, message, fields);
    };
    await service.send('POST', '/v1/kafka/consumer/enable', undefined, headers);
    const other = await start();
    await eventually(async () => (await members(other)) === 2);
    await eventually(() => contexts.length >= 2);
    expect(contexts.filter((context) => context !== undefined)).to.deep.equal([]);
  });

  it('a consumer that crashes is started anew, and the service is not ready meanwhile', async () => {
    const service = await start();
    const strike = broker.faults.add({ api: 'Heartbeat', error: GROUP_AUTHORIZATION_FAILED, times: 4 });
    const { body } = await service.send('POST', '/v1/translations', translation);
    await strike.waitUntilUsed();
    await eventually(async () => (await service.send('GET', '/readyz')).status === 503);
    expect((await service.send('GET', '/livez')).status).to.equal(200);
    await eventually(async () => (await service.send('GET', '/readyz')).status === 200);
    await eventually(async () => (await statusOf(service, body['id'])) === 'completed');
    const metrics = await (await service.call('/metrics')).text();
    expect(metrics).to.match(/messaging_consumer_crashes_total\{group="life[^}]*\} [1-9]/);
  });

  it('a right that is taken away is named by the readiness, with what it is missing on', async () => {
    const service = await start();
    const topic = service.topic('translations');
    const group = `${prefix}.${topic}`;
    const details = async (): Promise<Record<string, { detail?: string }>> =>
      (await service.send('GET', '/readyz?verbose')).body['checks'] as Record<string, { detail?: string }>;
    const says = (check: string, text: string) =>
      eventually(async () => (await details())[check]?.detail?.includes(text) === true);

    const hidden = broker.faults.add({
      api: 'Fetch',
      topic,
      error: TOPIC_AUTHORIZATION_FAILED,
      times: Infinity,
    });
    const onTopic = `(this client lacks a right on the topic ${topic}: grant its user READ on it)`;
    await says(`consumer ${group}`, onTopic);
    await says(`view of ${topic}`, onTopic);
    hidden.remove();
    const closed = (['Heartbeat', 'JoinGroup'] as const).map((api) =>
      broker.faults.add({ api, error: GROUP_AUTHORIZATION_FAILED, times: Infinity }),
    );
    await says(`consumer ${group}`, `is recovering (this client lacks a right on the group ${group}: grant`);
    for (const fault of closed) fault.remove();
    await eventually(async () => (await service.send('GET', '/readyz')).status === 200, {
      timeoutMs: 20_000,
    });
  });
});
