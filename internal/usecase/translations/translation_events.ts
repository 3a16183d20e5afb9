import { inject, injectable } from 'inversify';
import { translationEvents, translationRequested } from '../../entity/translation_event.js';
import { EventBus, IdGenerator, type StoredEvent, TranslationHistory } from '../../repo/contracts.js';
import { type CommandOptions, type TranslationEvents, type TranslationInput } from '../contracts.js';

@injectable()
export class TranslationEventsUseCase implements TranslationEvents {
  constructor(
    @inject(EventBus) private readonly events: EventBus,
    @inject(IdGenerator) private readonly ids: IdGenerator,
    @inject(TranslationHistory) private readonly history: TranslationHistory,
  ) {}

  async produceTranslationEvent(
    { userId, ...data }: TranslationInput,
    { idempotencyKey, signal }: CommandOptions = {},
  ): Promise<StoredEvent> {
    // The translation is named after its first event: repeated under the same key, it is the same one.
    const id = idempotencyKey === undefined ? this.ids.next() : this.ids.derived(idempotencyKey);
    return this.events.publish(translationRequested, { aggregateId: id, userId, data }, { id, signal });
  }

  consumeTranslationEvents(): Promise<void> {
    return this.events.follow(translationEvents, (event) => this.history.apply(event));
  }
}
