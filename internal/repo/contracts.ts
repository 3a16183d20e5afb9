/**
 * Driven ports: what the use cases need from the outside world. Each port and its Inversify token share one
 * name. The adapters are in the folders beside this file.
 */
import { type EventDefinition, type EventOf } from '../../pkg/events/index.js';

export type * from './contracts/page.js';
export * from './contracts/translations.js';
export * from './contracts/users.js';

/** Writes log lines; never throws. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}
export const Logger = Symbol.for('Logger');

/** The time. */
export interface Clock {
  now(): Date;
}
export const Clock = Symbol.for('Clock');

/** Makes ids for what this service creates. */
export interface IdGenerator {
  /** A fresh id; ids made later sort after earlier ones. */
  next(): string;
  /** The id that belongs to a name: the same each time. */
  derived(name: string): string;
}
export const IdGenerator = Symbol.for('IdGenerator');

/** Where a message lies. The offset is a decimal string, since it may exceed what a JSON number holds. */
export interface MessagePosition {
  topic: string;
  partition: number;
  offset: string;
}

/** A message as it came from a topic. */
export interface ReceivedMessage extends Readonly<MessagePosition> {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** A name that was sent several times has an array. */
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[] | undefined>>;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** What a handler gets besides the message. */
export interface MessageContext {
  /** Aborted when the work is no longer wanted. */
  readonly signal: AbortSignal;
  /** 1 for the first delivery to the handler in this process, then counting up. */
  readonly attempt: number;
}

/**
 * Handles one message. The message counts as done when the promise resolves; when it rejects, the message is
 * tried again, and set aside in the end.
 */
export type MessageHandler = (message: ReceivedMessage, context: MessageContext) => Promise<void>;

/** A partition that does not go on, and why. */
interface HeldUpPartition {
  readonly topic: string;
  readonly partition: number;
  readonly reason: string;
}

/** How one consumer of this instance is doing. */
export interface ConsumerStatus {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** `running` from the moment it has joined its group. */
  readonly state: string;
  /** What it cannot be in its group for, while it tries to join again; null otherwise. */
  readonly reason: string | null;
  /** Partitions that stand still because a message's handler failed to the end. */
  readonly stoppedPartitions: readonly { readonly topic: string; readonly partition: number }[];
  /** Partitions that stand still until a message whose handler failed to the end can be set aside. */
  readonly blockedPartitions: readonly HeldUpPartition[];
  /** Partitions that cannot be read: their records are damaged, or the service may not. */
  readonly unreadablePartitions: readonly HeldUpPartition[];
  /** Partitions that wait for something that a handler needs. */
  readonly waitingPartitions: readonly { readonly topic: string; readonly partition: number }[];
  /** True while it pauses because too many messages failed to the end. */
  readonly flooded: boolean;
}

/** How the producer of this instance is doing. */
export interface ProducerStatus {
  /** Milliseconds since the brokers last acknowledged a message; null when they have not yet. */
  readonly acknowledgedMsAgo: number | null;
  /** Partitions with messages that wait for their acknowledgement, and for how many milliseconds none came. */
  readonly unacknowledged: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly forMs: number;
    /** What the last attempt failed with; null where none has. */
    readonly reason: string | null;
  }[];
}

/** How the Kafka clients of this instance are doing. */
export interface KafkaStatus {
  /** Which instance of the service this is: the others have switches and consumers of their own. */
  readonly instance: string;
  readonly producerEnabled: boolean;
  readonly consumerEnabled: boolean;
  readonly consumerCount: number;
  readonly brokers: readonly string[];
  readonly producer: ProducerStatus;
  readonly consumers: readonly ConsumerStatus[];
}

/** How a message is to be sent. */
export interface SendOptions {
  /** The `event-id` names the message where it cannot be published. */
  headers: Readonly<Record<string, string>>;
  /** Aborted when the sender no longer waits for the acknowledgement. */
  signal?: AbortSignal | undefined;
}

/** How long a message is waited for. */
export interface ReceiveOptions {
  /** Milliseconds, where none is there yet. */
  timeoutMs: number;
  /** Aborted when nobody is there any more to take it. */
  signal?: AbortSignal | undefined;
}

/** How long it is waited for what a switch sets going. */
export interface SwitchOptions {
  /** Aborted when nobody waits for it any more; the switch stands as it was turned. */
  signal?: AbortSignal | undefined;
}

/** Raw messages, and the switches of this instance's Kafka clients. */
export interface KafkaRepository {
  /**
   * Resolves once the brokers have acknowledged the message.
   * @throws NotPublished when they have not, TooLarge or another NotAllowed when they never will
   */
  sendMessage(
    topic: string,
    key: string | null,
    value: string | Uint8Array | null,
    options?: SendOptions,
  ): Promise<MessagePosition>;
  /**
   * The next message of a topic for a group that nobody consumes by: from its committed offset on, else from
   * the beginning. Its offset is committed first, so that the next call gets the one after it; calls of this
   * process for the same topic and group take turns.
   *
   * @returns undefined when none came in time, or the signal was aborted
   * @throws NotFound when there is no such topic, Conflict while the group has members, NotAllowed when the
   *   brokers refuse it, Unavailable
   */
  receiveOne(topic: string, groupId: string, options: ReceiveOptions): Promise<ReceivedMessage | undefined>;
  /** Registers a handler; {@link startConsumer} or {@link startAllConsumers} sets it to work. */
  addConsumer(topic: string, groupId: string, handler: MessageHandler): void;
  startConsumer(topic: string): Promise<void>;
  /** Starts what is registered; where consuming is switched off, it starts when that is switched on. */
  startAllConsumers(): Promise<void>;
  enableProducer(): void;
  /** @throws Unavailable when what was accepted before is not settled by the time that nobody waits any more */
  disableProducer(options?: SwitchOptions): Promise<void>;
  isProducerEnabled(): boolean;
  /** @throws Unavailable when not all consumers could join their groups yet; they go on trying */
  enableConsumer(options?: SwitchOptions): Promise<void>;
  /** @throws Unavailable when work in hand is not finished by the time that nobody waits any more */
  disableConsumer(options?: SwitchOptions): Promise<void>;
  isConsumerEnabled(): boolean;
  getStatus(): KafkaStatus;
  /** Resolves when a broker answers. @throws Unavailable */
  ping(): Promise<void>;
  close(): Promise<void>;
}
export const KafkaRepository = Symbol.for('KafkaRepository');

/** The topics that this service is configured with. */
export interface ConfiguredTopics extends Iterable<string> {
  has(topic: string): boolean;
}
export const ConfiguredTopics = Symbol.for('ConfiguredTopics');

/** What a publisher says of an event; the bus fills in the rest of the envelope. */
export type EventDraft<D extends EventDefinition> = Omit<
  EventOf<D>,
  'id' | 'type' | 'source' | 'version' | 'timestamp' | 'aggregateType' | 'metadata'
>;

export interface PublishOptions {
  /** The event that this one answers: it gives the correlation, the causation and a repeatable id. */
  causedBy?: EventOf<EventDefinition>;
  /** The event's id, where the publisher has one; else it gets a new one. */
  id?: string | undefined;
  /** Aborted when the publisher no longer waits for the acknowledgement. */
  signal?: AbortSignal | undefined;
}

/** An event and where it lies. */
export interface StoredEvent<D extends EventDefinition = EventDefinition> {
  event: EventOf<D>;
  position: MessagePosition;
}

/** How far this instance has read a topic that it follows. */
export interface FollowerStatus {
  readonly topic: string;
  /** False until it has read to where the topic ended at the start, and while a partition is new or read again. */
  readonly caughtUp: boolean;
  /** Where it cannot read on, as `topic[partition]@offset`; undefined while it reads. */
  readonly stuckAt: string | undefined;
  /** Why it cannot read on there; undefined while it reads. */
  readonly reason: string | undefined;
}

/** Typed events on their topics. */
export interface EventBus {
  /**
   * Resolves once the brokers have acknowledged the event.
   * @throws InvalidEvent when it is not valid
   * @throws NotPublished when the brokers have not acknowledged it, TooLarge when they never will
   */
  publish<D extends EventDefinition>(
    definition: D,
    draft: EventDraft<D>,
    options?: PublishOptions,
  ): Promise<StoredEvent<D>>;
  /**
   * Hands every event of the definitions' topic to `handler`, at least once and in order of its key, shared
   * among all instances, from {@link KafkaRepository.startAllConsumers} on.
   */
  subscribe<D extends EventDefinition>(
    definitions: readonly D[],
    handler: (event: EventOf<D>, context: { signal: AbortSignal }) => Promise<void>,
  ): void;
  /**
   * Hands every event of the definitions' topic to `handler`, from the first on and again after each start,
   * on every instance: for views. Each id once, in order of its key, without a trace on the brokers.
   * Resolves once the handler has had all that was in the topic at the time of the call. What cannot be read
   * is left out, on record.
   */
  follow<D extends EventDefinition>(
    definitions: readonly D[],
    handler: (event: EventOf<D>) => Promise<void>,
  ): Promise<void>;
  /** One entry for each topic that is followed. */
  following(): readonly FollowerStatus[];
}
export const EventBus = Symbol.for('EventBus');

/** Is told of every event that this instance published or finished handling. */
export interface EventObserver {
  produced(stored: StoredEvent, key: string): void;
  /** @param reader the consumer group that handled it, or `view` */
  consumed(stored: StoredEvent, key: string, reader: string): void;
}
export const EventObserver = Symbol.for('EventObserver');
