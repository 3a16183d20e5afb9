import { z } from 'zod';

/** A group of keys of the configuration, in which no other key may stand. */
export const group = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).readonly();
