import { expect } from 'chai';
import { KafkaAdmin } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { type Instance, Instances } from '../../support/instance.js';

describe('the views of the service on Kafka', function () {
  this.timeout(60_000);
  const instances = new Instances();

  afterEach(() => instances.stop());

  const answer = (service: Instance, path: string) => service.send('GET', path);
  const has = (service: Instance, path: string, expected: Record<string, unknown>) =>
    eventually(async () => {
      const { status, body } = await answer(service, path);
      return status === 200 && Object.entries(expected).every(([name, value]) => body[name] === value);
    });

  /** Some users who were created, updated and deleted, and translations, through one instance. */
  async function populate(service: Instance): Promise<void> {
    for (let id = 0; id < 6; id += 1) {
      expect((await service.send('POST', '/v1/users', { id, email: `u${id}@example.com` })).status).to.equal(
        202,
      );
    }
    await has(service, '/v1/users/0', {});
    await has(service, '/v1/users/1', {});
    expect((await service.send('PUT', '/v1/users/0', { email: 'new@example.com' })).status).to.equal(202);
    expect((await service.send('DELETE', '/v1/users/1')).status).to.equal(202);
    const request = { userId: 2, source: 'en', target: 'es', original: 'thank you' };
    const { body } = await service.send('POST', '/v1/translations', request);
    await has(service, '/v1/users/0', { email: 'new@example.com' });
    await eventually(async () => (await answer(service, '/v1/users/1')).status === 404);
    await has(service, `/v1/translations/${String(body['id'])}`, {
      status: 'completed',
      translated: 'gracias',
    });
  }

  const paths = [
    '/v1/users',
    ...Array.from({ length: 6 }, (_, id) => `/v1/users/${id}`),
    '/v1/translations?userId=2',
  ];
  const answers = async (service: Instance) =>
    Promise.all(
      paths.map(async (path) => {
        const { status, body } = await answer(service, path);
        return { status, ...(status === 200 ? { body } : {}) };
      }),
    );

  it('answer alike on every instance, whichever took the commands', async () => {
    const prefix = uniqueName('views');
    const [one, other] = [await instances.start({ prefix }), await instances.start({ prefix })];
    await populate(one);
    const expected = JSON.stringify(await answers(one));
    expect(expected).to.include('new@example.com').and.to.include('gracias');
    await eventually(async () => JSON.stringify(await answers(other)) === expected);
  });

  it('answer after a restart what they answered before, as soon as it is ready, and add no event', async () => {
    const prefix = uniqueName('views');
    const before = await instances.start({ prefix });
    await populate(before);
    const expected = await answers(before);
    const admin = before.container.get(KafkaAdmin);
    const ends = () =>
      Promise.all(['users', 'translations'].map((domain) => admin.topicOffsets(before.topic(domain))));
    const stored = await ends();
    await before.stop();

    const after = await instances.start({ prefix });
    expect(await answers(after)).to.deep.equal(expected);
    expect(await ends()).to.deep.equal(stored);
  });

  it('leave out a message that is no event, say so, and show what comes after it', async () => {
    const service = await instances.start({ prefix: uniqueName('views') });
    const bad = { topic: service.topic('users'), key: 'u', value: 'no event' };
    expect((await service.send('POST', '/v1/kafka/producer/request', bad)).status).to.equal(200);
    await service.send('POST', '/v1/users', { id: 'u', email: 'u@example.com' });
    await has(service, '/v1/users/u', { email: 'u@example.com' });
    expect(service.log.at('warn')).to.include('a view left out a message that is no event');
  });

  it('count a repeated command once', async () => {
    const service = await instances.start({ prefix: uniqueName('views') });
    const repeated = { 'idempotency-key': 'k-1' };
    const request = { source: 'en', target: 'de', original: 'yes' };
    const answers = [
      await service.send('POST', '/v1/translations', request, repeated),
      await service.send('POST', '/api/v1/translations', request, repeated),
    ];
    expect(new Set(answers.map(({ body }) => body['eventId'])).size).to.equal(1);
    const created = [
      await service.send('POST', '/v1/users', { email: 'a@example.com' }, repeated),
      await service.send('POST', '/v1/users', { email: 'a@example.com' }, repeated),
    ];
    const id = String(created[0]?.body['id']);
    await has(service, `/v1/users/${id}`, { email: 'a@example.com' });
    // Once it is seen the repetition is still no conflict.
    expect((await service.send('POST', '/v1/users', { email: 'a@example.com' }, repeated)).body).to.include({
      id,
    });
    const { body } = await answer(service, '/v1/users');
    expect(body['items']).to.have.length(1);
  });

  it('answer a repeated removal as what it is once it is done, and say so in the document', async () => {
    const service = await instances.start({ prefix: uniqueName('views') });
    const key = { 'idempotency-key': 'k-1' };
    await service.send('POST', '/v1/users', { id: 'a', email: 'a@example.com' });
    await has(service, '/v1/users/a', {});
    expect((await service.send('DELETE', '/v1/users/a', undefined, key)).status).to.equal(202);
    await eventually(async () => (await answer(service, '/v1/users/a')).status === 404);
    const repeated = await service.send('DELETE', '/v1/users/a', undefined, key);
    expect(repeated).to.deep.include({ status: 404 });
    expect(repeated.body['code']).to.equal('USER_NOT_FOUND');
    const { body } = await service.send('GET', '/openapi.json');
    expect(JSON.stringify(body['paths'])).to.include('or no longer: repeated after it was done');
  });

  it('count each command whose body differs, also under a key that was used before', async () => {
    const service = await instances.start({ prefix: uniqueName('views') });
    const key = { 'idempotency-key': 'k-1' };
    const ids = ['a', 'b', 'c', 'd'];
    const created = await Promise.all(
      ids.map((id) => service.send('POST', '/v1/users', { id, email: `${id}@example.com` }, key)),
    );
    expect(new Set(created.map(({ body }) => body['eventId'])).size).to.equal(4);
    for (const id of ids) await has(service, `/v1/users/${id}`, { email: `${id}@example.com` });
    for (const email of ['one@example.com', 'two@example.com']) {
      expect((await service.send('PUT', '/v1/users/a', { email }, key)).status).to.equal(202);
    }
    await has(service, '/v1/users/a', { email: 'two@example.com' });
  });
});
