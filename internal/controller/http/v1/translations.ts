import { z } from 'zod';
import { defineRoute, type Route } from '../../../../pkg/httpserver/index.js';
import { opaqueId } from '../../../entity/id.js';
import { translationRequest } from '../../../entity/translation_event.js';
import { type Translations } from '../../../usecase/contracts.js';
import { idInput, idPath, pageOf, pageQuery, recorded, unpublished } from './schemas.js';

export interface TranslationRoutesOptions {
  translations: Translations;
  /** Milliseconds that the brokers get to acknowledge an event. */
  publishTimeoutMs: number;
}

const translation = z
  .object({
    id: z.string(),
    userId: z.string().optional(),
    source: z.string(),
    target: z.string(),
    original: z.string(),
    status: z.enum(['requested', 'completed']),
    translated: z.string().optional().describe('Once it is completed.'),
    requestedAt: z.iso.datetime(),
    completedAt: z.iso.datetime().optional(),
  })
  .meta({ id: 'Translation' });

const translationPage = pageOf('TranslationPage', translation);

const request = z
  .strictObject({ userId: idInput.optional(), ...translationRequest.shape })
  .meta({ id: 'TranslationRequest' });

/** Translations: asked for here, answered by whichever instance consumes the request. */
export function translationRoutes({ translations, publishTimeoutMs }: TranslationRoutesOptions): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/translations',
      tag: 'translations',
      summary: 'Ask for a translation',
      description:
        'Answers once the request is stored; get the translation by the id that it answers. It stays `requested` while the translator cannot be had, and for good where it refuses the text or does not know the languages.',
      idempotent: true,
      request: { body: request },
      replies: { 202: { description: 'The request is stored.', body: recorded } },
      problems: unpublished,
      async handle({ body, idempotencyKey }) {
        const options = { idempotencyKey, signal: AbortSignal.timeout(publishTimeoutMs) };
        return { status: 202, body: await translations.request(body, options) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/translations/{id}',
      tag: 'translations',
      summary: 'Get a translation',
      request: { params: idPath },
      replies: { 200: { description: 'The translation, completed or not.', body: translation } },
      problems: { 404: 'There is no such translation.' },
      async handle({ params }) {
        return { status: 200, body: await translations.get(params.id) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/translations',
      tag: 'translations',
      summary: 'List the translations of a user in the order of their ids',
      request: { query: z.strictObject({ userId: opaqueId, ...pageQuery }) },
      replies: { 200: { description: 'Some of them.', body: translationPage } },
      async handle({ query: { userId, ...page } }) {
        return { status: 200, body: await translations.listOfUser(userId, page) };
      },
    }),
  ];
}
