/** What travels beside an event's data: where it came from and what it belongs to. */
export interface EventMetadata {
  /** The same for everything that one request or one first event set off. */
  correlationId: string;
  /** The id of the event that this one answers; absent when it answers none. */
  causationId?: string | undefined;
}

/**
 * The envelope that every event has. A service adds attributes of its own beside these fields; they are the
 * `Attributes` of {@link Event}.
 */
export interface Envelope<Type extends string = string, Data = unknown> {
  /** A UUID: version 7 for a first event, version 5 of its cause for a reaction. */
  id: string;
  type: Type;
  /** The service that published it. */
  source: string;
  /** MAJOR.MINOR of the data's schema. */
  version: string;
  /** When it happened: ISO 8601 in UTC. */
  timestamp: string;
  aggregateType?: string | undefined;
  aggregateId?: string | undefined;
  data: Data;
  metadata: EventMetadata;
}

/** An event: the envelope with the attributes of the service. */
export type Event<Type extends string = string, Data = unknown, Attributes = object> = Envelope<Type, Data> &
  Attributes;
