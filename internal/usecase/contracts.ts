/** Driving ports: what the controllers may ask of this service. */
import { type UserEvent } from '../entity/user_event.js';
import { type KafkaStatus, type MessagePosition, type StoredEvent } from '../repo/contracts.js';

export type { KafkaStatus };

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
  /** Has this instance take part in handling the user events, once its consumers are started. */
  consumeUserEvents(): void;
  /** The same for handling, and answering, the translation events. */
  consumeTranslationEvents(): void;
}
export const KafkaEvents = Symbol.for('KafkaEvents');

/** One thing that readiness depends on. */
export interface HealthCheck {
  status: 'pass' | 'fail';
  /** What is wrong, in words for an operator; absent when it passes. */
  detail?: string;
}

/** Whether this instance should get work. */
export interface HealthReport {
  status: 'pass' | 'fail';
  checks: Record<string, HealthCheck>;
}

/** How this instance is. */
export interface Health {
  readiness(): HealthReport;
}
export const Health = Symbol.for('Health');
