/** Driving ports: what the controllers may ask of this service. */
import { type Translation } from '../entity/translation.js';
import { type User } from '../entity/user.js';
import { type UserEvent } from '../entity/user_event.js';
import {
  type KafkaStatus,
  type MessagePosition,
  type Page,
  type PageRequest,
  type ReceivedMessage,
  type StoredEvent,
} from '../repo/contracts.js';

export type { KafkaStatus, Page, ReceivedMessage };

/** How a command is to be carried out. */
export interface CommandOptions {
  /** A command that is repeated under its key makes the same event again, which consumers count once. */
  idempotencyKey?: string | undefined;
  /** Aborted when the caller no longer waits: the command then fails unless it is known to be done. */
  signal?: AbortSignal | undefined;
}

/** A message for a topic of this service. */
export interface MessageInput {
  topic: string;
  /** Messages of one key keep their order; without one, any partition will do. */
  key?: string | undefined;
  /** A string is sent as it is, null as a tombstone, anything else as JSON. */
  value: unknown;
}

/** Where a message lies, and its `event-id` header. */
export interface ProducedMessage extends MessagePosition {
  eventId: string;
}

/** A message that somebody waits for. */
export interface ReceiveQuery {
  topic: string;
  group: string;
  /** Milliseconds to wait for it. */
  timeoutMs: number;
}

/** The state of one side of this instance's Kafka clients after it was switched. */
export interface SwitchReport {
  enabled: boolean;
  /** The instance that was switched, and no other. */
  instance: string;
}

/** Messages by hand, and the control of this instance's Kafka clients. */
export interface Kafka {
  /**
   * @throws NotAllowed for a topic that is not one of this service's
   * @throws NotPublished when the brokers did not acknowledge the message
   */
  produceMessage(message: MessageInput, options?: CommandOptions): Promise<ProducedMessage>;
  /**
   * The next message of a topic for a group, whose position moves on by it.
   * @returns undefined when none came in time
   * @throws NotFound when there is no such topic, Conflict while the group has members, Unavailable
   */
  receiveMessage(
    query: ReceiveQuery,
    options?: { signal?: AbortSignal },
  ): Promise<ReceivedMessage | undefined>;
  enableProducer(): Promise<SwitchReport>;
  /** Resolves when what was accepted before is settled. */
  disableProducer(): Promise<SwitchReport>;
  /** Resolves when the consumers have joined their groups. */
  enableConsumer(): Promise<SwitchReport>;
  /** Resolves when the consumers have finished their work in hand and left their groups. */
  disableConsumer(): Promise<SwitchReport>;
  status(): KafkaStatus;
}
export const Kafka = Symbol.for('Kafka');

/** What a user says of themselves. */
export type UserProfile = Extract<UserEvent, { type: 'user.created' }>['data'];

/** What a caller says of a user event; id, time and the rest of the envelope are filled in. */
export type UserEventInput = {
  [E in UserEvent as E['type']]: { type: E['type']; userId: string; data: E['data'] };
}[UserEvent['type']];

/** A request for a translation. */
export interface TranslationInput {
  /** Who asks. */
  userId?: string | undefined;
  /** ISO 639-1 codes. */
  source: string;
  target: string;
  original: string;
}

/** Publishing and consuming the user and translation events. */
export interface KafkaEvents {
  /** @throws InvalidEvent when the data does not satisfy the event's schema, NotPublished */
  produceUserEvent(input: UserEventInput, options?: CommandOptions): Promise<StoredEvent>;
  /**
   * Asks for a translation; the answer comes as `translation.completed` with the same aggregate id.
   * @throws InvalidEvent, NotPublished
   */
  produceTranslationEvent(input: TranslationInput, options?: CommandOptions): Promise<StoredEvent>;
  /** Keeps the user directory of this instance; resolves once it has caught up with the topic. */
  consumeUserEvents(): Promise<void>;
  /** Keeps the translation history of this instance; resolves once it has caught up with the topic. */
  followTranslationEvents(): Promise<void>;
  /** Answers requested translations, shared among all instances, once the consumers are started. */
  consumeTranslationEvents(): void;
}
export const KafkaEvents = Symbol.for('KafkaEvents');

/** The event that a command became, and where it lies. Views show it as soon as it has come to them. */
export interface Recorded extends MessagePosition {
  /** The user or the translation. */
  id: string;
  eventId: string;
}

/** Users for those who call the service. */
export interface Users {
  /**
   * @param user without an id they get a new one
   * @throws Conflict when there is such a user already, as far as this instance knows
   * @throws NotPublished
   */
  create(user: { id?: string | undefined } & UserProfile, options?: CommandOptions): Promise<Recorded>;
  /** Replaces the profile. @throws NotFound, NotPublished */
  update(id: string, profile: UserProfile, options?: CommandOptions): Promise<Recorded>;
  /** @throws NotFound, NotPublished */
  remove(id: string, reason: string | undefined, options?: CommandOptions): Promise<Recorded>;
  /** @throws NotFound */
  get(id: string): Promise<User>;
  list(page: PageRequest): Promise<Page<User>>;
}
export const Users = Symbol.for('Users');

/** Translations for those who call the service. */
export interface Translations {
  /** Resolves when the request is recorded; the translation follows. @throws NotPublished */
  request(input: TranslationInput, options?: CommandOptions): Promise<Recorded>;
  /** @throws NotFound */
  get(id: string): Promise<Translation>;
  listOfUser(userId: string, page: PageRequest): Promise<Page<Translation>>;
}
export const Translations = Symbol.for('Translations');

/** One thing that readiness depends on. */
export interface HealthCheck {
  status: 'pass' | 'warn' | 'fail';
  /** What is wrong, in words for an operator; absent when it passes. */
  detail?: string;
}

/** Whether this instance should get work. */
export interface HealthReport {
  /** As bad as the worst check; with a warning it should get work nevertheless. */
  status: 'pass' | 'warn' | 'fail';
  checks: Record<string, HealthCheck>;
}

/** How this instance is. */
export interface Health {
  readiness(): Promise<HealthReport>;
}
export const Health = Symbol.for('Health');
