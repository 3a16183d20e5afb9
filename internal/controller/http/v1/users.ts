import { z } from 'zod';
import { defineRoute, type Route } from '../../../../pkg/httpserver/index.js';
import { profile } from '../../../entity/user_event.js';
import { type Users } from '../../../usecase/contracts.js';
import { idInput, idPath, pageOf, pageQuery, recorded, unpublished } from './schemas.js';

export interface UserRoutesOptions {
  users: Users;
  /** Milliseconds that the brokers get to acknowledge an event. */
  publishTimeoutMs: number;
}

const user = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string().optional(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'User' });

const userPage = pageOf('UserPage', user);

const newUser = z.strictObject({ id: idInput.optional(), ...profile.shape }).meta({ id: 'NewUser' });
const wholeProfile = z.strictObject(profile.shape).meta({ id: 'UserProfile' });

const accepted = {
  202: { description: 'The event is stored; reads show it within moments.', body: recorded },
};
const unknown = { 404: 'There is no such user.' };
const gone = {
  404: 'There is no such user, or no longer: repeated after it was done, it is answered so as well.',
};

/** Users: commands answer once their event is stored, questions are answered from the directory. */
export function userRoutes({ users, publishTimeoutMs }: UserRoutesOptions): Route[] {
  const patience = () => AbortSignal.timeout(publishTimeoutMs);
  return [
    defineRoute({
      method: 'post',
      path: '/users',
      tag: 'users',
      summary: 'Create a user',
      idempotent: true,
      request: { body: newUser },
      replies: accepted,
      problems: { 409: 'There is a user with this id already.', ...unpublished },
      async handle({ body, idempotencyKey }) {
        return { status: 202, body: await users.create(body, { idempotencyKey, signal: patience() }) };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/users/{id}',
      tag: 'users',
      summary: 'Replace the profile of a user',
      description:
        'Repeated under its key it undoes no later change, unless 10,000 events or more came between.',
      idempotent: true,
      request: { params: idPath, body: wholeProfile },
      replies: accepted,
      problems: { ...unknown, ...unpublished },
      async handle({ params, body, idempotencyKey }) {
        const options = { idempotencyKey, signal: patience() };
        return { status: 202, body: await users.update(params.id, body, options) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/users/{id}',
      tag: 'users',
      summary: 'Delete a user',
      idempotent: true,
      request: {
        params: idPath,
        query: z.strictObject({ reason: z.string().max(500).optional() }),
      },
      replies: accepted,
      problems: { ...gone, ...unpublished },
      async handle({ params, query, idempotencyKey }) {
        const options = { idempotencyKey, signal: patience() };
        return { status: 202, body: await users.remove(params.id, query.reason, options) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/users',
      tag: 'users',
      summary: 'List the users in the order of their ids',
      request: { query: z.strictObject(pageQuery) },
      replies: { 200: { description: 'Some of them.', body: userPage } },
      async handle({ query }) {
        return { status: 200, body: await users.list(query) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/users/{id}',
      tag: 'users',
      summary: 'Get a user',
      request: { params: idPath },
      replies: { 200: { description: 'The user.', body: user } },
      problems: unknown,
      async handle({ params }) {
        return { status: 200, body: await users.get(params.id) };
      },
    }),
  ];
}
