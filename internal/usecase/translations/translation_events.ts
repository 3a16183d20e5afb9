import { inject, injectable } from 'inversify';
import {
  translationCompleted,
  type TranslationEvent,
  translationEvents,
  translationRequested,
} from '../../entity/translation_event.js';
import {
  EventBus,
  IdGenerator,
  type StoredEvent,
  TranslationHistory,
  Translator,
} from '../../repo/contracts.js';
import { type CommandOptions, type TranslationEvents, type TranslationInput } from '../contracts.js';

@injectable()
export class TranslationEventsUseCase implements TranslationEvents {
  constructor(
    @inject(EventBus) private readonly events: EventBus,
    @inject(IdGenerator) private readonly ids: IdGenerator,
    @inject(TranslationHistory) private readonly history: TranslationHistory,
    @inject(Translator) private readonly translator: Translator,
  ) {}

  async produceTranslationEvent(
    { userId, ...data }: TranslationInput,
    { idempotencyKey, signal }: CommandOptions = {},
  ): Promise<StoredEvent> {
    // The translation is named after its first event: repeated under the same key, it is the same one.
    const id = idempotencyKey === undefined ? this.ids.next() : this.ids.derived(idempotencyKey);
    return this.events.publish(translationRequested, { aggregateId: id, userId, data }, { id, signal });
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
}
