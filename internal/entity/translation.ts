import { type TranslationEvent } from './translation_event.js';

/** A translation as its events have made it. Times are ISO 8601 in UTC. */
export interface Translation {
  id: string;
  /** Who asked for it. */
  userId?: string | undefined;
  /** ISO 639-1 codes. */
  source: string;
  target: string;
  original: string;
  status: 'requested' | 'completed';
  /** Once it is completed. */
  translated?: string;
  requestedAt: string;
  completedAt?: string;
}

/** The events that say what is to be translated. */
type AboutText = Extract<TranslationEvent, { type: 'translation.requested' | 'translation.completed' }>;

/**
 * The translation after an event; undefined while nothing is known of it. What is completed stays so, whatever is
 * said of it later, and any other event leaves it as it is.
 */
export function applyTranslationEvent(
  translation: Translation | undefined,
  event: TranslationEvent,
): Translation | undefined {
  if (translation?.status === 'completed') return translation;
  switch (event.type) {
    case 'translation.requested':
      return translation ?? asked(event);
    case 'translation.completed':
      return {
        ...(translation ?? asked(event)),
        status: 'completed',
        translated: event.data.translated,
        completedAt: event.timestamp,
      };
    default:
      return translation;
  }
}

/** What is known of a translation of which nothing was known before. */
function asked({ id, aggregateId = id, userId, timestamp, data }: AboutText): Translation {
  const { source, target, original } = data;
  return { id: aggregateId, userId, source, target, original, status: 'requested', requestedAt: timestamp };
}
