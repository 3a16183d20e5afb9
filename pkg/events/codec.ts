import { type Event } from './event.js';
import { type EventDefinition } from './definition.js';
import { UndecodableEvent, UnknownEventType } from './errors.js';

/** An event as a Kafka message carries it. */
export interface EncodedEvent {
  key: string;
  /** The envelope as JSON. */
  value: string;
  /** What routing and filtering need without parsing the value. */
  headers: Record<string, string>;
}

/**
 * Encodes an event. The key is the aggregate id, else the first of the service's attributes that is set,
 * else the event id, so that what belongs together keeps its order.
 */
export function encodeEvent(definition: EventDefinition, event: Event): EncodedEvent {
  const { correlationId, causationId } = event.metadata;
  return {
    key: keyOf(definition, event),
    value: JSON.stringify(event),
    headers: {
      'event-id': event.id,
      'event-type': event.type,
      'event-source': event.source,
      'event-version': event.version,
      'correlation-id': correlationId,
      ...(causationId === undefined ? {} : { 'causation-id': causationId }),
      'content-type': 'application/json',
    },
  };
}

function keyOf({ attributeNames }: EventDefinition, event: Event): string {
  if (event.aggregateId !== undefined) return event.aggregateId;
  for (const name of attributeNames) {
    const value = (event as unknown as Record<string, unknown>)[name];
    if (typeof value === 'string') return value;
  }
  return event.id;
}

/**
 * Reads a message's value as an event of one of `definitions`. A newer minor version is read as it is; its
 * new fields are dropped.
 * @throws UndecodableEvent when the value is no event or its major version is another
 * @throws UnknownEventType when no definition has its type
 * @throws InvalidEvent when it does not satisfy its definition
 */
export function decodeEvent<D extends EventDefinition>(
  definitions: readonly D[],
  value: Uint8Array | null,
): { definition: D; event: ReturnType<D['parse']> } {
  const { raw, type, version } = readEnvelope(value);
  const definition = definitions.find((candidate) => candidate.type === type);
  if (!definition)
    throw new UnknownEventType(
      type,
      definitions.map((known) => known.type),
    );
  if (major(version) !== major(definition.version)) {
    throw new UndecodableEvent(`${type} has version "${version}", this service reads ${definition.version}`);
  }
  return { definition, event: definition.parse(raw) as ReturnType<D['parse']> };
}

function readEnvelope(value: Uint8Array | null): { raw: unknown; type: string; version: string } {
  if (value === null) throw new UndecodableEvent('the value is null (a tombstone), not an event');
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.from(value).toString('utf8'));
  } catch (cause) {
    throw new UndecodableEvent('the value is not JSON', { cause });
  }
  const { type, version } = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  if (typeof type !== 'string' || typeof version !== 'string') {
    throw new UndecodableEvent('the value is JSON without the "type" and "version" of an event');
  }
  return { raw, type, version };
}

function major(version: string): string {
  return version.split('.')[0] ?? '';
}
