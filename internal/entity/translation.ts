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

/** The translation after an event. What is completed stays so, whatever is said of it later. */
export function applyTranslationEvent(
  translation: Translation | undefined,
  event: TranslationEvent,
): Translation {
  if (translation?.status === 'completed') return translation;
  const { source, target, original } = event.data;
  const asked = translation ?? {
    id: event.aggregateId ?? event.id,
    userId: event.userId,
    source,
    target,
    original,
    status: 'requested' as const,
    requestedAt: event.timestamp,
  };
  if (event.type === 'translation.requested') return asked;
  const { translated } = event.data;
  return { ...asked, status: 'completed', translated, completedAt: event.timestamp };
}
