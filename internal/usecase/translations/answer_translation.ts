import { inject, injectable } from 'inversify';
import { translationCompleted } from '../../entity/translation_event.js';
import { EventBus, Translator } from '../../repo/contracts.js';
import { type AnswerTranslation, type RequestedTranslation } from '../contracts.js';

@injectable()
export class AnswerTranslationUseCase implements AnswerTranslation {
  constructor(
    @inject(EventBus) private readonly events: EventBus,
    @inject(Translator) private readonly translator: Translator,
  ) {}

  async execute(event: RequestedTranslation, { signal }: { signal: AbortSignal }): Promise<void> {
    // A request without an aggregate is known by its own id.
    const { id, aggregateId = id, userId, data } = event;
    const translated = await this.translator.translate(data.original, data, { signal });
    const draft = { aggregateId, userId, data: { ...data, translated } };
    // Its id follows from that of the cause: the answer to a request that was delivered twice is one event.
    await this.events.publish(translationCompleted, draft, { causedBy: event, signal });
  }
}
