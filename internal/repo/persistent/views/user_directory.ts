import { applyUserEvent, type User } from '../../../entity/user.js';
import { type UserEvent } from '../../../entity/user_event.js';
import { type Page, type PageRequest, type UserDirectory } from '../../contracts.js';
import { RecordsById } from './records_by_id.js';

/** {@link UserDirectory} in memory: filled again from the topic at each start. */
export class InMemoryUserDirectory implements UserDirectory {
  private readonly users = new RecordsById<User>();

  async apply(event: UserEvent): Promise<void> {
    const id = event.aggregateId ?? event.id;
    this.users.set(id, applyUserEvent(this.users.get(id), event));
  }

  async find(id: string): Promise<User | undefined> {
    return this.users.get(id);
  }

  async list(page: PageRequest): Promise<Page<User>> {
    return this.users.page(page);
  }
}
