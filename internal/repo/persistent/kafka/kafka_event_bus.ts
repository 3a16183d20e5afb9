import {
  decodeEvent,
  encodeEvent,
  type EventDefinition,
  type EventOf,
  newEventId,
  reactionId,
} from '../../../../pkg/events/index.js';
import { currentContext, runWithContext } from '../../../../pkg/logger/index.js';
import {
  type Clock,
  type EventBus,
  type EventDraft,
  type EventObserver,
  type FollowerStatus,
  type KafkaRepository,
  type PublishOptions,
  type StoredEvent,
} from '../../contracts.js';
import { type TopicSpec } from '../topics.js';
import { type EventFollowers } from './event_followers.js';

export interface KafkaEventBusOptions {
  kafka: KafkaRepository;
  topics: ReadonlyMap<string, TopicSpec>;
  /** The `source` of what is published here: the service's name. */
  source: string;
  /** A subscription's group is `<groupPrefix>.<topic>`. */
  groupPrefix: string;
  clock: Clock;
  observer: EventObserver;
  followers: EventFollowers;
}

/** {@link EventBus} on Kafka topics: one topic a domain, the envelope as JSON. */
export class KafkaEventBus implements EventBus {
  constructor(private readonly options: KafkaEventBusOptions) {}

  async publish<D extends EventDefinition>(
    definition: D,
    draft: EventDraft<D>,
    { causedBy, id: ownId, signal }: PublishOptions = {},
  ): Promise<StoredEvent<D>> {
    const { source, clock, kafka, observer } = this.options;
    const id =
      ownId ?? (causedBy ? reactionId(causedBy.id, `${definition.domain}:${definition.type}`) : newEventId());
    const event = definition.parse({
      ...draft,
      id,
      type: definition.type,
      source,
      version: definition.version,
      timestamp: clock.now().toISOString(),
      aggregateType: definition.aggregateType,
      metadata: {
        correlationId: causedBy?.metadata.correlationId ?? currentContext()?.correlationId ?? id,
        ...(causedBy ? { causationId: causedBy.id } : {}),
      },
    }) as EventOf<D>;
    const { key, value, headers } = encodeEvent(definition, event);
    const position = await kafka.sendMessage(this.topicOf(definition), key, value, { headers, signal });
    const stored = { event, position };
    observer.produced(stored, key);
    return stored;
  }

  subscribe<D extends EventDefinition>(
    definitions: readonly D[],
    handler: (event: EventOf<D>, context: { signal: AbortSignal }) => Promise<void>,
  ): void {
    const { kafka, groupPrefix, observer } = this.options;
    const topic = this.onlyTopicOf(definitions);
    const groupId = `${groupPrefix}.${topic}`;
    kafka.addConsumer(topic, groupId, async (message, context) => {
      const { definition, event } = decodeEvent(definitions, message.value);
      await runWithContext({ correlationId: event.metadata.correlationId }, async () => {
        await handler(event as EventOf<D>, context);
        const { partition, offset } = message;
        observer.consumed(
          { event, position: { topic, partition, offset } },
          message.key?.toString('utf8') ?? encodeEvent(definition, event).key,
          groupId,
        );
      });
    });
  }

  async follow<D extends EventDefinition>(
    definitions: readonly D[],
    handler: (event: EventOf<D>) => Promise<void>,
  ): Promise<void> {
    await this.options.followers.follow(this.onlyTopicOf(definitions), definitions, handler);
  }

  following(): readonly FollowerStatus[] {
    return this.options.followers.status();
  }

  private onlyTopicOf(definitions: readonly EventDefinition[]): string {
    const found = new Set(definitions.map((definition) => this.topicOf(definition)));
    const [topic] = found;
    if (topic === undefined || found.size > 1) {
      throw new Error(`a subscription takes events of one topic, not of ${found.size}`);
    }
    return topic;
  }

  private topicOf({ domain, type }: EventDefinition): string {
    const spec = this.options.topics.get(domain);
    if (!spec) throw new Error(`${type}: domain "${domain}" has no topic; add one to persistent/topics.ts`);
    return spec.topic;
  }
}
