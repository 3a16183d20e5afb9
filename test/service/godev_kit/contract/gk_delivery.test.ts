import { expect } from 'chai';
import { Translator } from '../../../../internal/repo/contracts.js';
import { KafkaAdmin, partitionForKey } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { type Instance, Instances } from '../../support/instance.js';

const translation = { source: 'en', target: 'de', original: 'hello' };

/** What went wrong in GoDev Kit, numbered from GK1 on, does not go wrong here. */
describe('GoDev Kit: delivery', function () {
  this.timeout(60_000);
  const instances = new Instances();

  afterEach(() => instances.stop());

  const completed = (service: Instance, id: unknown) =>
    eventually(async () => {
      const { body } = await service.send('GET', `/v1/translations/${String(id)}`);
      return body['status'] === 'completed';
    });

  const groupOf = (service: Instance, prefix: string) =>
    service.container.get(KafkaAdmin).describeGroup(`${prefix}.${service.topic('translations')}`);

  it('GK1: an event counts as consumed after it was handled, not before: another instance handles it', async () => {
    const prefix = uniqueName('gk1');
    let asked = false;
    const first = await instances.start({
      prefix,
      flags: { 'HTTP.SHUTDOWN_TIMEOUT': '2000' },
      overrides: (bindings) => {
        bindings.rebind<Translator>(Translator).toConstantValue({
          translate: () => {
            asked = true;
            return new Promise(() => undefined);
          },
        });
      },
    });
    const { body } = await first.send('POST', '/v1/translations', translation);
    await eventually(() => asked);
    await first.stop();
    const second = await instances.start({ prefix });
    await completed(second, body['id']);
  });

  it('GK2: the key decides the partition, whatever the size, so that the order of a user is kept', async () => {
    const service = await instances.start({ prefix: uniqueName('gk2') });
    for (let i = 0; i < 12; i += 1) {
      const message = { topic: service.topic('users'), key: `user-${i % 4}`, value: 'x'.repeat(i * 1000) };
      const { body } = await service.send('POST', '/v1/kafka/producer/request', message);
      expect(body['partition']).to.equal(partitionForKey(Buffer.from(message.key), 3));
    }
  });

  it('GK3: switches answer while events are consumed, and sending goes on behind them', async () => {
    const service = await instances.start({ prefix: uniqueName('gk3') });
    const request = () => service.send('POST', '/v1/translations', translation);
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, request),
      service.send('POST', '/v1/kafka/producer/enable'),
      service.send('GET', '/v1/kafka/status'),
      service.send('POST', '/v1/kafka/consumer/disable'),
      ...Array.from({ length: 20 }, request),
    ]);
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200, 202]));
    expect((await service.send('POST', '/v1/kafka/consumer/enable')).body).to.include({ status: 'enabled' });
    for (const { status, body } of answers) if (status === 202) await completed(service, body['id']);
  });

  it('GK4: disabling stops the consumers that run, and enabling starts them where they stopped', async () => {
    const prefix = uniqueName('gk4');
    const service = await instances.start({ prefix });
    expect((await groupOf(service, prefix)).members).to.have.length(1);
    const disabled = await service.send('POST', '/v1/kafka/consumer/disable');
    expect(disabled.body).to.include({ status: 'disabled', scope: 'instance' });
    expect(disabled.body['instance']).to.be.a('string').and.not.to.equal('');
    expect((await groupOf(service, prefix)).members).to.be.empty;
    const { body } = await service.send('POST', '/v1/translations', translation);
    expect((await service.send('POST', '/v1/kafka/consumer/enable')).status).to.equal(200);
    await completed(service, body['id']);
  });

  it('GK4: the switch of the producer stops every publishing of the instance', async () => {
    const service = await instances.start({ prefix: uniqueName('gk4') });
    await service.send('POST', '/v1/kafka/producer/disable');
    for (const [path, body] of [
      ['/v1/users', { email: 'a@example.com' }],
      ['/v1/translations', translation],
      ['/v1/kafka/producer/request', { topic: service.topic('users'), value: 1 }],
    ] as const) {
      const answer = await service.send('POST', path, body);
      expect([answer.status, answer.body['code']], path).to.deep.equal([503, 'EVENT_NOT_STORED']);
      expect(answer.headers.get('retry-after')).to.equal('5');
    }
    await service.send('POST', '/v1/kafka/producer/enable');
    expect((await service.send('POST', '/v1/translations', translation)).status).to.equal(202);
  });

  it('GK5: the receiver returns the message, and can be called again for the same topic', async () => {
    const service = await instances.start({ prefix: uniqueName('gk5') });
    const topic = service.topic('users');
    for (const value of ['one', 'two']) {
      await service.send('POST', '/v1/kafka/producer/request', { topic, key: 'k', value });
      const answer = await service.send(
        'GET',
        `/v1/kafka/consumer/receiver?topic=${topic}&group=${topic}.hand`,
      );
      expect([answer.status, answer.body['value']]).to.deep.equal([200, value]);
    }
  });

  it('GK7: topics and the group are the configured ones', async () => {
    const prefix = uniqueName('gk7');
    const service = await instances.start({ prefix });
    const { body } = await service.send('POST', '/v1/users', { email: 'a@example.com' });
    expect(body['topic']).to.equal(`${prefix}.user-events`);
    const groups = await service.container.get(KafkaAdmin).listGroups();
    expect(groups).to.include(`${prefix}.${prefix}.translation-events`);
    expect(groups.filter((group) => group.startsWith(prefix))).to.have.length(1);
  });

  it('GK8: ids are UUIDs as text, unique and unharmed by JSON', async () => {
    const service = await instances.start({ prefix: uniqueName('gk8') });
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => service.send('POST', '/v1/users', { email: 'a@example.com' })),
    );
    const ids = answers.map(({ body }) => String(body['eventId']));
    expect(new Set(ids).size).to.equal(200);
    for (const id of ids)
      expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('GK9: what could not be published is not answered as done, and repeating it does it once', async () => {
    const service = await instances.start({ prefix: uniqueName('gk9') });
    const repeated = { 'idempotency-key': 'order-7' };
    const request = () => service.send('POST', '/v1/users', { id: 'u', email: 'a@example.com' }, repeated);
    await service.send('POST', '/v1/kafka/producer/disable');
    const refused = await request();
    expect(refused.status).to.equal(503);
    await service.send('POST', '/v1/kafka/producer/enable');
    const done = [await request(), await request()];
    expect(done.map(({ status }) => status)).to.deep.equal([202, 202]);
    for (const { body } of done) expect(body['eventId']).to.equal(refused.body['eventId']);
    await eventually(async () => (await service.send('GET', '/v1/users/u')).status === 200);
    await eventually(() => service.consumed.length === 1);
    expect((await service.send('GET', '/v1/users')).body['items']).to.have.length(1);
  });

  it('GK9: a translation that was asked for twice under one key is made once', async () => {
    const service = await instances.start({ prefix: uniqueName('gk9') });
    const repeated = { 'idempotency-key': 'again' };
    const first = await service.send('POST', '/v1/translations', { userId: 'u', ...translation }, repeated);
    await completed(service, first.body['id']);
    const { body } = await service.send('GET', `/v1/translations/${String(first.body['id'])}`);
    await service.send('POST', '/v1/translations', { userId: 'u', ...translation }, repeated);
    const last = await service.send('POST', '/v1/translations', { userId: 'u', ...translation });
    await completed(service, last.body['id']);
    expect((await service.send('GET', '/v1/translations?userId=u')).body['items']).to.have.length(2);
    expect((await service.send('GET', `/v1/translations/${String(first.body['id'])}`)).body).to.deep.equal(
      body,
    );
  });

  it('GK11: requests reach the use case of the events through the container, and its handlers run', async () => {
    const service = await instances.start({ prefix: uniqueName('gk11') });
    const { body } = await service.send('POST', '/v1/translations', translation);
    await completed(service, body['id']);
    const types = service.consumed
      .filter(({ reader }) => reader !== 'view')
      .map(({ stored }) => stored.event.type);
    expect(types).to.deep.equal(['translation.requested', 'translation.completed']);
  });
});
