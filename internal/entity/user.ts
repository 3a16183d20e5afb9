import { type UserEvent } from './user_event.js';

/** A user as their events have made them. Times are ISO 8601 in UTC. */
export interface User {
  id: string;
  email: string;
  name?: string | undefined;
  createdAt: string;
  updatedAt: string;
  /** The id of the event that created them. */
  createdBy: string;
}

/**
 * The user after an event; undefined once they are deleted. An update of a user that nothing is known of
 * makes one, since its data are the whole profile. The event that made them changes nothing when it comes again,
 * however much later, as long as they are there: what was updated since stays. An event that says nothing of the
 * profile changes nothing.
 */
export function applyUserEvent(user: User | undefined, event: UserEvent): User | undefined {
  if (event.type === 'user.created' && user?.createdBy === event.id) return user;
  switch (event.type) {
    case 'user.created':
    case 'user.updated':
      return {
        id: event.aggregateId ?? event.id,
        ...event.data,
        createdAt: user?.createdAt ?? event.timestamp,
        updatedAt: event.timestamp,
        createdBy: user?.createdBy ?? event.id,
      };
    case 'user.deleted':
      return undefined;
    default:
      return user;
  }
}
