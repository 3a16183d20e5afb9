import { z } from 'zod';

/** Ids are opaque: any text of 1 to 256 characters. */
export const opaqueId = z.string().min(1).max(256);
