import { inject, injectable } from 'inversify';
import {
  translationCompleted,
  type TranslationEvent,
  translationEvents,
  translationRequested,
} from '../../entity/translation_event.js';
import { userCreated, userDeleted, userEvents, userUpdated } from '../../entity/user_event.js';
import {
  EventBus,
  IdGenerator,
  type StoredEvent,
  TranslationHistory,
  Translator,
  UserDirectory,
} from '../../repo/contracts.js';
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
    @inject(IdGenerator) private readonly ids: IdGenerator,
    @inject(UserDirectory) private readonly directory: UserDirectory,
    @inject(TranslationHistory) private readonly history: TranslationHistory,
    @inject(Translator) private readonly translator: Translator,
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

  consumeUserEvents(): Promise<void> {
    return this.events.follow(userEvents, (event) => this.directory.apply(event));
  }

  followTranslationEvents(): Promise<void> {
    return this.events.follow(translationEvents, (event) => this.history.apply(event));
  }

  consumeTranslationEvents(): void {
    this.events.subscribe(translationEvents, (event, { signal }) => this.answer(event, signal));
  }

  /**
   * A request is answered by an event whose id follows from the request's, so that a second answer, to a
   * request that was delivered twice, is the same event. Answers are not answered.
   */
  private async answer(event: TranslationEvent, signal: AbortSignal): Promise<void> {
    if (event.type !== 'translation.requested') return;
    const { aggregateId, userId, data } = event;
    const translated = await this.translator.translate(data.original, data, { signal });
    const draft = { aggregateId, userId, data: { ...data, translated } };
    await this.events.publish(translationCompleted, draft, { causedBy: event, signal });
  }

  private idFor(idempotencyKey: string | undefined): string {
    return idempotencyKey === undefined ? this.ids.next() : this.ids.derived(idempotencyKey);
  }
}
