import { z } from 'zod';
import { opaqueId } from '../../../entity/id.js';

/** An id in a body: ids are text, but a client that has whole numbers may send those. */
export const idInput = z
  .union([opaqueId, z.int().transform(String)], {
    error: ({ input }) =>
      input === undefined ? 'is required' : 'must be a text of 1 to 256 characters, or a whole number',
  })
  .describe('1 to 256 characters; a whole number is taken as text.');

/** What Kafka allows as a topic's name. */
export const topicName = z
  .string()
  .regex(/^[\w.-]{1,249}$/, 'must be 1 to 249 letters, digits, dots, underscores or hyphens');

/** What every route that publishes may answer. */
export const unpublished = {
  503: 'The brokers did not confirm the event in time, or producing is switched off; `eventId` names it. Repeat the request with the same Idempotency-Key.',
} as const;
