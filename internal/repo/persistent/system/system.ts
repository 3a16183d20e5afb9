import { newEventId } from '../../../../pkg/events/index.js';
import { type Clock, type IdGenerator } from '../../contracts.js';

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** Ids that are UUIDs of version 7. */
export const uuidGenerator: IdGenerator = { next: newEventId };
