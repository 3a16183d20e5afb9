import { z } from 'zod';
import { opaqueId } from './id.js';

/** Who an event concerns: what this service adds to the common envelope, in the order of key preference. */
export const attributes = z.object({
  householdId: opaqueId.optional(),
  userId: opaqueId.optional(),
});
