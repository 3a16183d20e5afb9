import {
  decodeEvent,
  encodeEvent,
  type EventDefinition,
  type EventOf,
  InvalidEvent,
  RecentIds,
  UndecodableEvent,
  UnknownEventType,
} from '../../../../pkg/events/index.js';
import { TopicFollower, type TopicFollowerOptions } from '../../../../pkg/kafka/index.js';
import { runWithContext } from '../../../../pkg/logger/index.js';
import {
  type EventObserver,
  type FollowerStatus,
  type Logger,
  type ReceivedMessage,
} from '../../contracts.js';

export interface EventFollowersOptions extends Pick<TopicFollowerOptions, 'countPartitions' | 'read'> {
  observer: EventObserver;
  logger: Logger;
}

/** How many events back in a partition a repeated one is still recognised. */
const REMEMBERED_IDS = 10_000;

/** Feeds views: reads topics from their beginning and hands on each event once. */
export class EventFollowers {
  private readonly followers: TopicFollower[] = [];

  constructor(private readonly options: EventFollowersOptions) {}

  /** Resolves once `handler` has had all that was in the topic at the call. */
  async follow<D extends EventDefinition>(
    topic: string,
    definitions: readonly D[],
    handler: (event: EventOf<D>) => Promise<void>,
  ): Promise<void> {
    const { observer, ...options } = this.options;
    const seen = new Map<number, RecentIds>();
    const handle = async (message: ReceivedMessage, live: boolean): Promise<void> => {
      const read = this.decode(definitions, message);
      if (read === undefined) return;
      const { definition, event } = read;
      const recent = seen.get(message.partition) ?? new RecentIds(REMEMBERED_IDS);
      seen.set(message.partition, recent);
      if (recent.has(event.id)) return;
      await runWithContext({ correlationId: event.metadata.correlationId }, () =>
        handler(event as EventOf<D>),
      );
      recent.add(event.id);
      const { partition, offset } = message;
      // What was there before the start is news to the view, and to nobody else.
      if (live)
        observer.consumed(
          { event, position: { topic, partition, offset } },
          encodeEvent(definition, event).key,
          'view',
        );
    };
    const follower = new TopicFollower({ ...options, topic, handle });
    this.followers.push(follower);
    await follower.start();
  }

  status(): readonly FollowerStatus[] {
    return this.followers.map((follower) => follower.status());
  }

  async stop(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.stop()));
  }

  /** Undefined, on record, for what is no event: a view cannot wait for it to become one. */
  private decode<D extends EventDefinition>(definitions: readonly D[], message: ReceivedMessage) {
    try {
      return decodeEvent(definitions, message.value);
    } catch (error) {
      const known = [UndecodableEvent, UnknownEventType, InvalidEvent].some((type) => error instanceof type);
      if (!known) throw error;
      const { topic, partition, offset } = message;
      this.options.logger.warn('a view left out a message that is no event', {
        topic,
        partition,
        offset,
        error,
      });
      return undefined;
    }
  }
}
