import { Conflict, NotFound } from '../../../internal/entity/errors.js';
import { Users } from '../../../internal/usecase/contracts.js';
import { answers, recorded, tooLarge, unconfirmed } from '../support/http_case.js';

const TIME = '2025-10-09T12:00:00.000Z';
const email = 'ada@example.com';
const user = { id: 'u-1', email, createdAt: TIME, updatedAt: TIME, createdBy: 'e-0' };
const unknown = new NotFound('USER_NOT_FOUND', 'There is none.');
const exists = new Conflict('USER_EXISTS', 'There is one.');

/** What the routes of users answer. */
export const userCases = [
  ...answers(
    'POST /users',
    (api) => api.stub(Users, 'create'),
    { body: { id: 7, email } },
    { 202: recorded, 409: exists, 413: tooLarge, 503: unconfirmed },
  ),
  ...answers(
    'PUT /users/{id}',
    (api) => api.stub(Users, 'update'),
    { body: { email, name: 'Ada' } },
    { 202: recorded, 404: unknown, 413: tooLarge, 503: unconfirmed },
  ),
  ...answers(
    'DELETE /users/{id}',
    (api) => api.stub(Users, 'remove'),
    { path: '/users/u-1?reason=asked' },
    { 202: recorded, 404: unknown, 413: tooLarge, 503: unconfirmed },
  ),
  ...answers(
    'GET /users',
    (api) => api.stub(Users, 'list'),
    { path: '/users?limit=1&after=a' },
    { 200: { items: [user], next: 'u-1' } },
  ),
  ...answers('GET /users/{id}', (api) => api.stub(Users, 'get'), {}, { 200: user, 404: unknown }),
];
