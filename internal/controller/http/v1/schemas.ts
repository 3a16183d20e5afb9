import { z } from 'zod';
import { opaqueId } from '../../../entity/id.js';

// Marked @public is what the routes of domains are made of, however many there are.

/** An id in a body: ids are text, but a client that has whole numbers may send those. */
export const idInput = z
  .union([opaqueId, z.int().transform(String)], {
    error: ({ input }) =>
      input === undefined ? 'is required' : 'must be a text of 1 to 256 characters, or a whole number',
  })
  .describe('1 to 256 characters; a whole number is taken as text.');

/**
 * The `{id}` of a path.
 * @public
 */
export const idPath = z.object({ id: opaqueId });

/** What Kafka allows as a topic's name. */
export const topicName = z
  .string()
  .regex(/^[\w.-]{1,249}$/, 'must be 1 to 249 letters, digits, dots, underscores or hyphens');

/** What every route that publishes may answer. */
export const unpublished = {
  413: 'The body is too large, or the event that the request makes is larger than its topic takes.',
  503: 'The brokers did not confirm the event in time, or producing is switched off; `eventId` names it. Repeat the request with the same Idempotency-Key.',
} as const;

/**
 * Which part of a list is asked for.
 * @public
 */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(50).describe('How many at most.'),
  after: opaqueId.optional().describe('The `next` of the part before; leave it out for the first.'),
} as const;

/**
 * A part of a list.
 * @public
 */
export const pageOf = <Item extends z.ZodType>(id: string, item: Item) =>
  z
    .object({
      items: z.array(item),
      next: z
        .string()
        .optional()
        .describe('Ask for the next part with `after` set to this; absent at the end.'),
    })
    .meta({ id });

/**
 * What every command answers.
 * @public
 */
export const recorded = z
  .object({
    id: z.string().describe('Of what the request was about.'),
    eventId: z.string(),
    topic: z.string(),
    partition: z.int(),
    offset: z.string().describe('Decimal text, since it may exceed what a JSON number holds.'),
  })
  .meta({ id: 'Recorded', description: 'The event that the request became, and where it lies.' });
