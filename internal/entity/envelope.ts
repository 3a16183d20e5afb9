import { z } from 'zod';

/** Who an event concerns: what this service adds to the common envelope, in the order of key preference. */
export const attributes = z.object({
  householdId: z.string().min(1).max(256).optional(),
  userId: z.string().min(1).max(256).optional(),
});
