export { type Envelope, type Event, type EventMetadata } from './event.js';
export { defineEvent, type EventDefinition, type EventOf, type EventSpec } from './definition.js';
export { decodeEvent, encodeEvent, type EncodedEvent } from './codec.js';
export { newEventId, reactionId } from './ids.js';
export { InvalidEvent, UndecodableEvent, UnknownEventType } from './errors.js';
export { RecentIds } from './recent_ids.js';
