import { z } from 'zod';
import { defineEvent, type EventOf } from '../../pkg/events/index.js';
import { attributes } from './envelope.js';

const common = { domain: 'users', version: '1.0', aggregateType: 'User', attributes } as const;

/** What a user says of themselves. */
export const profile = z.object({
  email: z.email(),
  name: z.string().min(1).max(200).optional(),
});

export const userCreated = defineEvent({
  ...common,
  type: 'user.created',
  description: 'A user was created.',
  data: profile,
});

export const userUpdated = defineEvent({
  ...common,
  type: 'user.updated',
  description: 'A user changed their e-mail address or name; the data is the whole profile.',
  data: profile,
});

export const userDeleted = defineEvent({
  ...common,
  type: 'user.deleted',
  description: 'A user was deleted.',
  data: z.object({ reason: z.string().max(500).optional() }),
});

/** All events of the domain, as its topic carries them. */
export const userEvents = [userCreated, userUpdated, userDeleted] as const;

export type UserEvent = EventOf<(typeof userEvents)[number]>;
