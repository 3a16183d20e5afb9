import { expect } from 'chai';
import { UserEvents } from '../../../../internal/app/index.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { Instances } from '../../support/instance.js';

describe('users on Kafka', function () {
  this.timeout(60_000);
  const instances = new Instances();

  afterEach(() => instances.stop());

  it('takes in the events of a user in the order in which they were published', async () => {
    const service = await instances.start({ prefix: uniqueName('order') });
    const events = service.container.get<UserEvents>(UserEvents);
    const profile = { email: 'a@example.com' };
    const published = [
      await events.produceUserEvent({ type: 'user.created', userId: 'u', data: profile }),
      await events.produceUserEvent({ type: 'user.updated', userId: 'u', data: profile }),
      await events.produceUserEvent({ type: 'user.deleted', userId: 'u', data: {} }),
    ];
    await eventually(() => service.consumed.length === 3);
    expect(service.consumed.map(({ stored }) => stored)).to.deep.equal(published);
  });
});
