import { type User } from '../../entity/user.js';
import { type UserEvent } from '../../entity/user_event.js';
import { type Page, type PageRequest } from './page.js';

/** All users, as far as their events have come to this instance. */
export interface UserDirectory {
  apply(event: UserEvent): Promise<void>;
  find(id: string): Promise<User | undefined>;
  list(page: PageRequest): Promise<Page<User>>;
}
export const UserDirectory = Symbol.for('UserDirectory');
