import { type Translation } from '../../entity/translation.js';
import { type TranslationEvent } from '../../entity/translation_event.js';
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

/** Publishing the translation events, and what is known by them. */
export interface TranslationEvents {
  /**
   * Asks for a translation; the answer comes as `translation.completed` with the same aggregate id.
   * @throws InvalidEvent, NotPublished
   */
  produceTranslationEvent(input: TranslationInput, options?: CommandOptions): Promise<StoredEvent>;
  /** Keeps the translation history of this instance; resolves once it has caught up with the topic. */
  consumeTranslationEvents(): Promise<void>;
}
export const TranslationEvents = Symbol.for('TranslationEvents');

/** The event of a request for a translation. */
export type RequestedTranslation = Extract<TranslationEvent, { type: 'translation.requested' }>;

/** Does what a request asks for. */
export interface AnswerTranslation {
  /**
   * Resolves when `translation.completed` is stored: the same event, however often it is called for one request.
   * @throws Unavailable when it is to be called again later, NotAllowed when that never helps
   */
  execute(event: RequestedTranslation, context: { signal: AbortSignal }): Promise<void>;
}
export const AnswerTranslation = Symbol.for('AnswerTranslation');

/** Translations for those who call the service. */
export interface Translations {
  /** Resolves when the request is recorded; the translation follows. @throws NotPublished */
  request(input: TranslationInput, options?: CommandOptions): Promise<Recorded>;
  /** @throws NotFound */
  get(id: string): Promise<Translation>;
  listOfUser(userId: string, page: PageRequest): Promise<Page<Translation>>;
}
export const Translations = Symbol.for('Translations');
