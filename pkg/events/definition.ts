import { z } from 'zod';
import { type Event } from './event.js';
import { InvalidEvent } from './errors.js';

/** Opaque ids: any text of 1 to 256 characters. */
const id = z.string().min(1).max(256);

/** What a definition is made from. */
export interface EventSpec<Type extends string, Data extends z.ZodType, Attributes extends z.ZodObject> {
  /** The part of the service that owns the event. Two domains may use the same type. */
  domain: string;
  /** The type on the wire, for example `user.created`. */
  type: Type;
  /** MAJOR.MINOR of `data`: a minor adds optional fields, a major changes or removes some. */
  version: `${number}.${number}`;
  /** One sentence for readers of the catalogue. */
  description: string;
  /** What `aggregateId` is an id of. */
  aggregateType: string;
  /** Fields that the service puts beside the envelope's own. */
  attributes: Attributes;
  data: Data;
}

/** A kind of event: its place in the catalogue and the schema that every such event satisfies. */
export interface EventDefinition<Type extends string = string, Data = unknown, Attributes = object> {
  readonly domain: string;
  readonly type: Type;
  readonly version: string;
  readonly description: string;
  readonly aggregateType: string;
  /** Names of the service's attributes, in the order in which the record key falls back on them. */
  readonly attributeNames: readonly string[];
  /**
   * Returns the event with defaults filled in.
   * @throws InvalidEvent naming every field at fault
   */
  readonly parse: (value: unknown) => Event<Type, Data, Attributes>;
}

/** The event type that belongs to a definition. */
export type EventOf<D> =
  D extends EventDefinition<infer Type, infer Data, infer Attributes> ? Event<Type, Data, Attributes> : never;

/** Defines a kind of event. @throws RangeError when its version is not MAJOR.MINOR */
export function defineEvent<Type extends string, Data extends z.ZodType, Attributes extends z.ZodObject>(
  spec: EventSpec<Type, Data, Attributes>,
): EventDefinition<Type, z.output<Data>, z.output<Attributes>> {
  const { domain, type, version, description, aggregateType, attributes } = spec;
  if (!/^\d+\.\d+$/.test(version)) throw new RangeError(`${type}: version "${version}" is not MAJOR.MINOR`);
  const schema = z.object({
    ...attributes.shape,
    id: z.uuid(),
    type: z.literal(type),
    source: z.string().min(1),
    version: z.string().regex(/^\d+\.\d+$/, 'must be MAJOR.MINOR'),
    timestamp: z.iso.datetime(),
    aggregateType: z.string().optional(),
    aggregateId: id.optional(),
    data: spec.data,
    metadata: z.looseObject({ correlationId: id, causationId: id.optional() }),
  });
  return Object.freeze({
    domain,
    type,
    version,
    description,
    aggregateType,
    attributeNames: Object.keys(attributes.shape),
    parse(value: unknown) {
      const result = schema.safeParse(value);
      if (!result.success) throw new InvalidEvent(type, result.error.issues.map(describeIssue));
      // The schema above is the type below; zod cannot infer it through the generic shape.
      return result.data as unknown as Event<Type, z.output<Data>, z.output<Attributes>>;
    },
  });
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.') || 'the event'}: ${issue.message}`;
}
