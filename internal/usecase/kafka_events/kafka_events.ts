import { inject, injectable } from 'inversify';
import {
  translationCompleted,
  type TranslationEvent,
  translationEvents,
  translationRequested,
} from '../../entity/translation_event.js';
import {
  userCreated,
  userDeleted,
  type UserEvent,
  userEvents,
  userUpdated,
} from '../../entity/user_event.js';
import { EventBus, IdGenerator, Logger, type StoredEvent, Translator } from '../../repo/contracts.js';
import {
  type CommandOptions,
  type KafkaEvents,
  type TranslationInput,
  type UserEventInput,
} from '../contracts.js';

@injectable()
export class KafkaEventsUseCase implements KafkaEvents {
  constructor(
    @inject(EventBus) private readonly events: EventBus,
    @inject(Translator) private readonly translator: Translator,
    @inject(IdGenerator) private readonly ids: IdGenerator,
    @inject(Logger) private readonly logger: Logger,
  ) {}

  async produceUserEvent(
    { type, userId, data }: UserEventInput,
    { idempotencyKey, signal }: CommandOptions = {},
  ): Promise<StoredEvent> {
    const subject = { aggregateId: userId, userId };
    const options = { id: this.idFor(idempotencyKey), signal };
    switch (type) {
      case 'user.created':
        return this.events.publish(userCreated, { ...subject, data }, options);
      case 'user.updated':
        return this.events.publish(userUpdated, { ...subject, data }, options);
      case 'user.deleted':
        return this.events.publish(userDeleted, { ...subject, data }, options);
    }
  }

  async produceTranslationEvent(
    { userId, ...data }: TranslationInput,
    { idempotencyKey, signal }: CommandOptions = {},
  ): Promise<StoredEvent> {
    // The translation is named after its first event: repeated under the same key, it is the same one.
    const id = this.idFor(idempotencyKey);
    return this.events.publish(translationRequested, { aggregateId: id, userId, data }, { id, signal });
  }

  consumeUserEvents(): void {
    this.events.subscribe(userEvents, (event) => this.onUserEvent(event));
  }

  consumeTranslationEvents(): void {
    this.events.subscribe(translationEvents, (event) => this.onTranslationEvent(event));
  }

  private idFor(idempotencyKey: string | undefined): string {
    return idempotencyKey === undefined ? this.ids.next() : this.ids.derived(idempotencyKey);
  }

  private async onUserEvent(event: UserEvent): Promise<void> {
    const who = { userId: event.userId, eventId: event.id };
    switch (event.type) {
      case 'user.created':
        this.logger.info('user created', who);
        break;
      case 'user.updated':
        this.logger.info('user updated', who);
        break;
      case 'user.deleted':
        this.logger.info('user deleted', { ...who, reason: event.data.reason });
        break;
    }
  }

  private async onTranslationEvent(event: TranslationEvent): Promise<void> {
    switch (event.type) {
      case 'translation.requested': {
        const translated = await this.translator.translate(event.data.original, event.data);
        const { aggregateId, userId } = event;
        const data = { ...event.data, translated };
        await this.events.publish(translationCompleted, { aggregateId, userId, data }, { causedBy: event });
        break;
      }
      case 'translation.completed':
        this.logger.info('translation completed', { translationId: event.aggregateId, eventId: event.id });
        break;
    }
  }
}
