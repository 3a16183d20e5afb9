import { inject, injectable } from 'inversify';
import { Conflict, NotFound } from '../../entity/errors.js';
import { type User } from '../../entity/user.js';
import { IdGenerator, type Page, type PageRequest, UserDirectory } from '../../repo/contracts.js';
import {
  type CommandOptions,
  type Recorded,
  type UserEventInput,
  UserEvents,
  type UserProfile,
  type Users,
} from '../contracts.js';

/**
 * Commands become events; the directory answers the questions. It lags behind the events by some
 * milliseconds, so that what it is asked before an event is a courtesy to the caller and no guarantee: of two
 * that create the same user at once both may succeed, and the later one counts as an update.
 */
@injectable()
export class UsersUseCase implements Users {
  constructor(
    @inject(UserEvents) private readonly events: UserEvents,
    @inject(UserDirectory) private readonly directory: UserDirectory,
    @inject(IdGenerator) private readonly ids: IdGenerator,
  ) {}

  async create(
    { id, ...data }: { id?: string | undefined } & UserProfile,
    options: CommandOptions = {},
  ): Promise<Recorded> {
    const { idempotencyKey } = options;
    const eventId = idempotencyKey === undefined ? undefined : this.ids.derived(idempotencyKey);
    const userId = id ?? eventId ?? this.ids.next();
    const known = await this.directory.find(userId);
    // Whoever repeats the request that created the user is told what was told before.
    if (known !== undefined && known.createdBy !== eventId) {
      throw new Conflict('USER_EXISTS', `There is a user ${userId} already.`);
    }
    return this.record({ type: 'user.created', userId, data }, options);
  }

  async update(userId: string, data: UserProfile, options?: CommandOptions): Promise<Recorded> {
    await this.get(userId);
    return this.record({ type: 'user.updated', userId, data }, options);
  }

  async remove(userId: string, reason: string | undefined, options?: CommandOptions): Promise<Recorded> {
    await this.get(userId);
    return this.record({ type: 'user.deleted', userId, data: { reason } }, options);
  }

  async get(id: string): Promise<User> {
    const user = await this.directory.find(id);
    if (user === undefined) throw new NotFound('USER_NOT_FOUND', `There is no user ${id}.`);
    return user;
  }

  list(page: PageRequest): Promise<Page<User>> {
    return this.directory.list(page);
  }

  private async record(input: UserEventInput, options: CommandOptions | undefined): Promise<Recorded> {
    const { event, position } = await this.events.produceUserEvent(input, options);
    return { id: input.userId, eventId: event.id, ...position };
  }
}
