import { NotFound } from '../../../internal/entity/errors.js';
import { Translations } from '../../../internal/usecase/contracts.js';
import { answers, recorded, tooLarge, unconfirmed } from '../support/http_case.js';

const text = { source: 'en', target: 'de', original: 'hello' };
const translation = {
  id: 't-1',
  ...text,
  status: 'requested',
  requestedAt: '2025-10-09T12:00:00.000Z',
};
const unknown = new NotFound('TRANSLATION_NOT_FOUND', 'There is none.');

/** What the routes of translations answer. */
export const translationCases = [
  ...answers(
    'POST /translations',
    (api) => api.stub(Translations, 'request'),
    { body: { userId: 7, ...text } },
    { 202: recorded, 413: tooLarge, 503: unconfirmed },
  ),
  ...answers(
    'GET /translations',
    (api) => api.stub(Translations, 'listOfUser'),
    { path: '/translations?userId=u' },
    { 200: { items: [translation] } },
  ),
  ...answers(
    'GET /translations/{id}',
    (api) => api.stub(Translations, 'get'),
    {},
    { 200: translation, 404: unknown },
  ),
];
