import { inject, injectable } from 'inversify';
import { NotFound } from '../../entity/errors.js';
import { type Translation } from '../../entity/translation.js';
import { type Page, type PageRequest, TranslationHistory } from '../../repo/contracts.js';
import {
  type CommandOptions,
  type Recorded,
  TranslationEvents,
  type TranslationInput,
  type Translations,
} from '../contracts.js';

@injectable()
export class TranslationsUseCase implements Translations {
  constructor(
    @inject(TranslationEvents) private readonly events: TranslationEvents,
    @inject(TranslationHistory) private readonly history: TranslationHistory,
  ) {}

  async request(input: TranslationInput, options?: CommandOptions): Promise<Recorded> {
    const { event, position } = await this.events.produceTranslationEvent(input, options);
    return { id: event.aggregateId ?? event.id, eventId: event.id, ...position };
  }

  async get(id: string): Promise<Translation> {
    const translation = await this.history.find(id);
    if (translation === undefined) {
      throw new NotFound('TRANSLATION_NOT_FOUND', `There is no translation ${id}.`);
    }
    return translation;
  }

  listOfUser(userId: string, page: PageRequest): Promise<Page<Translation>> {
    return this.history.listOfUser(userId, page);
  }
}
