import 'reflect-metadata';
import { expect } from 'chai';
import sinon from 'sinon';
import { Conflict, NotFound } from '../../../internal/entity/errors.js';
import { type UserEvents } from '../../../internal/usecase/contracts.js';
import { UsersUseCase } from '../../../internal/usecase/users/users.js';
import { rejection } from '../../support/caught.js';

const position = { topic: 'user-events', partition: 1, offset: '7' };
const profile = { email: 'ada@example.com' };
const known = { id: 'u-1', ...profile, createdAt: 't', updatedAt: 't', createdBy: 'event-of key-1' };

describe('the use case for users', () => {
  const sandbox = sinon.createSandbox();
  const events = { produceUserEvent: sandbox.stub() };
  const directory = { apply: sandbox.stub(), find: sandbox.stub(), list: sandbox.stub() };
  const ids = { next: () => 'new-id', derived: (name: string) => `event-of ${name}` };
  let users: UsersUseCase;

  beforeEach(() => {
    sandbox.reset();
    events.produceUserEvent.resolves({ event: { id: 'e-1' }, position });
    directory.find.resolves(undefined);
    users = new UsersUseCase(events as unknown as UserEvents, directory, ids);
  });

  it('records a new user under a new id, or under the one they were given', async () => {
    expect(await users.create(profile)).to.deep.equal({ id: 'new-id', eventId: 'e-1', ...position });
    expect(await users.create({ id: 'own', ...profile })).to.include({ id: 'own' });
    sinon.assert.calledWithMatch(events.produceUserEvent, {
      type: 'user.created',
      userId: 'own',
      data: profile,
    });
  });

  it('gives the user of a repeated command the same id', async () => {
    const options = { idempotencyKey: 'key-1' };
    expect(await users.create(profile, options)).to.include({ id: 'event-of key-1' });
    sinon.assert.calledWithMatch(events.produceUserEvent, { userId: 'event-of key-1' }, options);
  });

  it('refuses to create a user that there is, and records nothing', async () => {
    directory.find.withArgs('u-1').resolves(known);
    const error = await rejection(users.create({ id: 'u-1', ...profile }), Conflict);
    expect(error.code).to.equal('USER_EXISTS');
    await rejection(users.create({ id: 'u-1', ...profile }, { idempotencyKey: 'other' }), Conflict);
    sinon.assert.notCalled(events.produceUserEvent);
  });

  it('does not refuse the repetition of the command that created the user', async () => {
    directory.find.withArgs('u-1').resolves(known);
    const repeated = await users.create({ id: 'u-1', ...profile }, { idempotencyKey: 'key-1' });
    expect(repeated).to.include({ id: 'u-1' });
  });

  it('records the update and the removal of a user that there is', async () => {
    directory.find.withArgs('u-1').resolves(known);
    await users.update('u-1', profile);
    sinon.assert.calledWithMatch(events.produceUserEvent, {
      type: 'user.updated',
      userId: 'u-1',
      data: profile,
    });
    await users.remove('u-1', 'asked');
    const data = { reason: 'asked' };
    sinon.assert.calledWithMatch(events.produceUserEvent, { type: 'user.deleted', userId: 'u-1', data });
  });

  it('knows nothing of a user that there is not, and records nothing of them', async () => {
    for (const call of [users.get('x'), users.update('x', profile), users.remove('x', undefined)]) {
      expect((await rejection(call, NotFound)).code).to.equal('USER_NOT_FOUND');
    }
    sinon.assert.notCalled(events.produceUserEvent);
  });

  it('answers questions from the directory', async () => {
    directory.find.withArgs('u-1').resolves(known);
    directory.list.withArgs({ limit: 2 }).resolves({ items: [known] });
    expect(await users.get('u-1')).to.equal(known);
    expect(await users.list({ limit: 2 })).to.deep.equal({ items: [known] });
  });
});
