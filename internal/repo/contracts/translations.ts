import { type Translation } from '../../entity/translation.js';
import { type TranslationEvent } from '../../entity/translation_event.js';
import { type Page, type PageRequest } from './page.js';

/** Puts a text into another language. */
export interface Translator {
  /**
   * @param source, target ISO 639-1 codes
   * @throws Unavailable when it may work later or an operator has to mend something, NotAllowed when it never will
   */
  translate(
    text: string,
    languages: { source: string; target: string },
    options?: { signal?: AbortSignal },
  ): Promise<string>;
}
export const Translator = Symbol.for('Translator');

/** All translations, as far as their events have come to this instance. */
export interface TranslationHistory {
  apply(event: TranslationEvent): Promise<void>;
  find(id: string): Promise<Translation | undefined>;
  listOfUser(userId: string, page: PageRequest): Promise<Page<Translation>>;
}
export const TranslationHistory = Symbol.for('TranslationHistory');
