import { z } from 'zod';
import { defineEvent, type EventOf } from '../../pkg/events/index.js';
import { attributes } from './envelope.js';

const common = { domain: 'translations', version: '1.0', aggregateType: 'Translation', attributes } as const;

/** An ISO 639-1 language code such as `en`. */
const language = z.string().regex(/^[a-z]{2}$/, 'must be two lower-case letters, for example "en"');

/** What is to be translated. */
export const translationRequest = z.object({
  source: language,
  target: language,
  original: z.string().min(1).max(10_000),
});

export const translationRequested = defineEvent({
  ...common,
  type: 'translation.requested',
  description: 'Somebody asked for a text in another language.',
  data: translationRequest,
});

export const translationCompleted = defineEvent({
  ...common,
  type: 'translation.completed',
  description: 'The answer to a requested translation.',
  data: translationRequest.extend({ translated: z.string().min(1).max(20_000) }),
});

/** All events of the domain, as its topic carries them. */
export const translationEvents = [translationRequested, translationCompleted] as const;

export type TranslationEvent = EventOf<(typeof translationEvents)[number]>;
