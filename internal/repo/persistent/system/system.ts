import { hostname } from 'node:os';
import { newEventId, reactionId } from '../../../../pkg/events/index.js';
import { type Clock, type IdGenerator } from '../../contracts.js';

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** Sets the ids that are derived from names apart from those of other services; made once, at random. */
const NAMESPACE = '5f0c7f0e-8a0b-4c8e-9d43-2b6f0a7d9c11';

/** Fresh ids are UUIDs of version 7, derived ones of version 5. */
export const uuidGenerator: IdGenerator = {
  next: newEventId,
  derived: (name) => reactionId(NAMESPACE, name),
};

/** Names this process among those of the service: machine and process id. */
export const instanceName = `${hostname()}:${process.pid}`;
