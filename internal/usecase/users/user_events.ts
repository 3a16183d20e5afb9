import { inject, injectable } from 'inversify';
import { userCreated, userDeleted, userEvents, userUpdated } from '../../entity/user_event.js';
import { EventBus, IdGenerator, type StoredEvent, UserDirectory } from '../../repo/contracts.js';
import { type CommandOptions, type UserEventInput, type UserEvents } from '../contracts.js';

@injectable()
export class UserEventsUseCase implements UserEvents {
  constructor(
    @inject(EventBus) private readonly events: EventBus,
    @inject(IdGenerator) private readonly ids: IdGenerator,
    @inject(UserDirectory) private readonly directory: UserDirectory,
  ) {}

  async produceUserEvent(
    { type, userId, data }: UserEventInput,
    { idempotencyKey, signal }: CommandOptions = {},
  ): Promise<StoredEvent> {
    const subject = { aggregateId: userId, userId };
    const id = idempotencyKey === undefined ? this.ids.next() : this.ids.derived(idempotencyKey);
    const options = { id, signal };
    switch (type) {
      case 'user.created':
        return this.events.publish(userCreated, { ...subject, data }, options);
      case 'user.updated':
        return this.events.publish(userUpdated, { ...subject, data }, options);
      case 'user.deleted':
        return this.events.publish(userDeleted, { ...subject, data }, options);
    }
  }

  consumeUserEvents(): Promise<void> {
    return this.events.follow(userEvents, (event) => this.directory.apply(event));
  }
}
