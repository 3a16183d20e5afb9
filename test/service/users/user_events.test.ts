import 'reflect-metadata';
import { expect } from 'chai';
import sinon from 'sinon';
import { userCreated, userDeleted, userEvents, userUpdated } from '../../../internal/entity/user_event.js';
import { UserEventsUseCase } from '../../../internal/usecase/users/user_events.js';
import { rejection } from '../../support/caught.js';

describe('the use case for user events', () => {
  const sandbox = sinon.createSandbox();
  const events = {
    publish: sandbox.stub(),
    subscribe: sandbox.stub(),
    follow: sandbox.stub(),
    following: sandbox.stub(),
  };
  const directory = { apply: sandbox.stub(), find: sandbox.stub(), list: sandbox.stub() };
  const ids = { next: () => 'id-1', derived: (name: string) => `id of ${name}` };
  let useCase: UserEventsUseCase;

  beforeEach(() => {
    sandbox.reset();
    events.publish.resolves({});
    events.follow.resolves();
    useCase = new UserEventsUseCase(events, ids, directory);
  });

  for (const { input, definition } of [
    { input: { type: 'user.created', data: { email: 'ada@example.com' } }, definition: userCreated },
    { input: { type: 'user.updated', data: { email: 'ada@example.org' } }, definition: userUpdated },
    { input: { type: 'user.deleted', data: { reason: 'asked' } }, definition: userDeleted },
  ] as const) {
    it(`publishes ${input.type} keyed by its user`, async () => {
      await useCase.produceUserEvent({ ...input, userId: 'user-1' });
      const draft = { aggregateId: 'user-1', userId: 'user-1', data: input.data };
      sinon.assert.calledOnceWithExactly(events.publish, definition, draft, {
        id: 'id-1',
        signal: undefined,
      });
    });
  }

  it('makes a repeated command under the same key the same event', async () => {
    const { signal } = new AbortController();
    const options = { idempotencyKey: 'key-1', signal };
    await useCase.produceUserEvent({ type: 'user.deleted', userId: 'user-1', data: {} }, options);
    const expected = { id: 'id of key-1', signal };
    sinon.assert.calledWithMatch(events.publish, userDeleted, { aggregateId: 'user-1' }, expected);
  });

  it('reports to the caller that an event could not be published', async () => {
    const failure = new Error('no broker');
    events.publish.rejects(failure);
    const input = { type: 'user.deleted', userId: 'user-1', data: {} } as const;
    expect(await rejection(useCase.produceUserEvent(input), Error)).to.equal(failure);
  });

  it('keeps the user directory by the user events', async () => {
    await useCase.consumeUserEvents();
    sinon.assert.calledOnceWithMatch(events.follow, userEvents);
    const event = { type: 'user.deleted' };
    await (events.follow.firstCall.args[1] as (event: unknown) => Promise<void>)(event);
    sinon.assert.calledOnceWithExactly(directory.apply, event);
  });
});
