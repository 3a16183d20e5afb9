import { expect } from 'chai';
import { applyUserEvent } from '../../../internal/entity/user.js';
import { type UserEvent } from '../../../internal/entity/user_event.js';

const envelope = { source: 's', version: '1.0', aggregateId: 'u', metadata: { correlationId: 'c' } };
const at = (second: number) => `2025-10-09T12:00:0${second}.000Z`;
const created: UserEvent = {
  ...envelope,
  id: 'e-1',
  type: 'user.created',
  timestamp: at(1),
  data: { email: 'a@example.com', name: 'Ada' },
};
const updated: UserEvent = {
  ...envelope,
  id: 'e-2',
  type: 'user.updated',
  timestamp: at(2),
  data: { email: 'b@example.com' },
};
const deleted: UserEvent = { ...envelope, id: 'e-3', type: 'user.deleted', timestamp: at(3), data: {} };

describe('a user', () => {
  it('is what their events made them: an update replaces the whole profile', () => {
    const user = applyUserEvent(applyUserEvent(undefined, created), updated);
    expect(user).to.deep.equal({
      id: 'u',
      email: 'b@example.com',
      createdAt: at(1),
      updatedAt: at(2),
      createdBy: 'e-1',
    });
  });

  it('keeps what was updated when the event that created them comes again', () => {
    const user = applyUserEvent(applyUserEvent(undefined, created), updated);
    expect(applyUserEvent(user, created)).to.deep.equal(user);
  });

  it('is made again when the event that created them comes again after they were deleted', () => {
    const gone = applyUserEvent(applyUserEvent(undefined, created), deleted);
    expect(applyUserEvent(gone, created)).to.include({ id: 'u', createdBy: 'e-1' });
  });

  it('is changed by another creation, as two at once can make', () => {
    const user = applyUserEvent(applyUserEvent(undefined, created), {
      ...created,
      id: 'e-9',
      data: updated.data,
    });
    expect(user).to.include({ email: 'b@example.com', createdBy: 'e-1' });
  });

  it('is gone once deleted', () => {
    expect(applyUserEvent(applyUserEvent(undefined, created), deleted)).to.equal(undefined);
    expect(applyUserEvent(undefined, deleted)).to.equal(undefined);
  });

  it('comes to be by an update of which nothing was known before', () => {
    expect(applyUserEvent(undefined, updated)).to.include({ email: 'b@example.com', createdAt: at(2) });
  });

  it('is left as it is by an event that says nothing of the profile', () => {
    const other = { ...updated, type: 'user.greeted', data: {} } as unknown as UserEvent;
    const user = applyUserEvent(undefined, created);
    expect(applyUserEvent(user, other)).to.equal(user);
    expect(applyUserEvent(undefined, other)).to.equal(undefined);
  });
});
