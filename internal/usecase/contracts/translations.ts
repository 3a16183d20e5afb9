import { type Translation } from '../../entity/translation.js';
import { type Page, type PageRequest, type StoredEvent } from '../../repo/contracts.js';
import { type CommandOptions, type Recorded } from './command.js';

/** A request for a translation. */
export interface TranslationInput {
  /** Who asks. */
  userId?: string | undefined;
  /** ISO 639-1 codes. */
  source: string;
  target: string;
  original: string;
}

/** Publishing and consuming the translation events. */
export interface TranslationEvents {
  /**
   * Asks for a translation; the answer comes as `translation.completed` with the same aggregate id.
   * @throws InvalidEvent, NotPublished
   */
  produceTranslationEvent(input: TranslationInput, options?: CommandOptions): Promise<StoredEvent>;
  /** Keeps the translation history of this instance; resolves once it has caught up with the topic. */
  followTranslationEvents(): Promise<void>;
  /** Answers requested translations, shared among all instances, once the consumers are started. */
  consumeTranslationEvents(): void;
}
export const TranslationEvents = Symbol.for('TranslationEvents');

/** Translations for those who call the service. */
export interface Translations {
  /** Resolves when the request is recorded; the translation follows. @throws NotPublished */
  request(input: TranslationInput, options?: CommandOptions): Promise<Recorded>;
  /** @throws NotFound */
  get(id: string): Promise<Translation>;
  listOfUser(userId: string, page: PageRequest): Promise<Page<Translation>>;
}
export const Translations = Symbol.for('Translations');
