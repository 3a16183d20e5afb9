import { applyTranslationEvent, type Translation } from '../../../entity/translation.js';
import { type TranslationEvent } from '../../../entity/translation_event.js';
import { type Page, type PageRequest, type TranslationHistory } from '../../contracts.js';
import { RecordsById } from './records_by_id.js';

/** {@link TranslationHistory} in memory: filled again from the topic at each start. */
export class InMemoryTranslationHistory implements TranslationHistory {
  private readonly translations = new Map<string, Translation>();
  private readonly byUser = new Map<string, RecordsById<Translation>>();

  async apply(event: TranslationEvent): Promise<void> {
    const id = event.aggregateId ?? event.id;
    const translation = applyTranslationEvent(this.translations.get(id), event);
    if (translation === undefined) return;
    this.translations.set(id, translation);
    const { userId } = translation;
    if (userId === undefined) return;
    const own = this.byUser.get(userId) ?? new RecordsById<Translation>();
    own.set(id, translation);
    this.byUser.set(userId, own);
  }

  async find(id: string): Promise<Translation | undefined> {
    return this.translations.get(id);
  }

  async listOfUser(userId: string, page: PageRequest): Promise<Page<Translation>> {
    return this.byUser.get(userId)?.page(page) ?? { items: [] };
  }
}
