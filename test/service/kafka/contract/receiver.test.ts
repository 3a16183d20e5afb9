import { expect } from 'chai';
import { KafkaManager } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { type Instance, Instances, TEST_DOMAIN } from '../../support/instance.js';

const LONG_MS = 20_000;

describe('receiving a message over HTTP', function () {
  this.timeout(60_000);
  const instances = new Instances();
  let service: Instance;
  let topic: string;
  let group: string;

  beforeEach(async () => {
    const prefix = uniqueName('receiver');
    group = uniqueName('group');
    service = await instances.start({ prefix });
    topic = service.topic(TEST_DOMAIN);
  });

  afterEach(() => instances.stop());

  const produce = async (key: string, value: unknown) => {
    const sent = await service.send('POST', '/v1/kafka/producer/request', { topic, key, value });
    expect(sent.status).to.equal(200);
    return sent.body;
  };
  const pathFor = (query: Record<string, string | number>) => {
    const all = Object.entries({ topic, group, timeoutMs: LONG_MS, ...query });
    return `/v1/kafka/consumer/receiver?${all.map((pair) => pair.join('=')).join('&')}`;
  };
  const receive = (query: Record<string, string | number> = {}) => service.send('GET', pathFor(query));

  it('gives a group each message once, in the order of its partition, and 204 when no other comes', async () => {
    const { partition, offset, eventId } = await produce('k', { n: 1 });
    await produce('k', 'text');
    const first = await receive();
    expect(first.status).to.equal(200);
    expect(first.body).to.deep.include({ topic, partition, offset, key: 'k', value: '{"n":1}' });
    expect(first.body['headers']).to.deep.include({ 'event-id': eventId });
    expect((await receive()).body).to.include({ value: 'text' });
    expect((await receive({ timeoutMs: 200 })).status).to.equal(204);
  });

  it('gives every group its own position', async () => {
    await produce('k', 'one');
    expect((await receive()).body).to.include({ value: 'one' });
    expect((await receive({ group: uniqueName('other') })).body).to.include({ value: 'one' });
  });

  it('waits for a message that is yet to come', async () => {
    await produce('k', 'one');
    await receive();
    const waiting = receive();
    await produce('k', 'two');
    expect((await waiting).body).to.include({ value: 'two' });
  });

  it('leaves the message to the next call when the client goes away', async () => {
    const client = new AbortController();
    const gone = service.call(pathFor({}), { signal: client.signal }).catch(() => 'gone');
    await eventually(async () => (await service.send('GET', '/livez')).status === 200);
    client.abort();
    expect(await gone).to.equal('gone');
    await eventually(() => service.log.at('info').some((line) => line.includes('receiver 499')));
    await produce('k', 'kept');
    expect((await receive()).body).to.include({ value: 'kept' });
  });

  it('answers 404 for a topic that there is not', async () => {
    const { status, body } = await receive({ topic: uniqueName('nowhere') });
    expect([status, body['code']]).to.deep.equal([404, 'TOPIC_NOT_FOUND']);
  });

  it('answers 409 while the group has members, and serves it once they have left', async () => {
    const manager = service.container.get(KafkaManager);
    manager.addConsumer(topic, group, async () => undefined);
    await manager.startConsumer(topic, group);
    const { status, body } = await receive();
    expect([status, body['code']]).to.deep.equal([409, 'GROUP_IN_USE']);
    await service.send('POST', '/v1/kafka/consumer/disable');
    await produce('k', 'for whoever comes');
    expect((await receive()).body).to.include({ value: 'for whoever comes' });
  });

  it('gives what is there in however short a time', async () => {
    await produce('k', 'there');
    expect((await receive({ timeoutMs: 1 })).body).to.include({ value: 'there' });
    expect((await receive({ timeoutMs: 1 })).status).to.equal(204);
    expect((await receive({ timeoutMs: 0 })).status).to.equal(400);
  });

  it('gives calls at the same time a message each', async () => {
    const values = ['a', 'b', 'c'];
    for (const value of values) await produce('k', value);
    const received = await Promise.all(values.map(() => receive()));
    expect(received.map(({ body }) => body['value'])).to.have.members(values);
  });

  it('can be called while others are: it holds up no other group', async () => {
    await produce('k', 'for all');
    await receive();
    const next = receive();
    const other = await receive({ group: uniqueName('other') });
    expect(other.body).to.include({ value: 'for all' });
    await produce('k', 'next');
    expect((await next).body).to.include({ value: 'next' });
  });
});
