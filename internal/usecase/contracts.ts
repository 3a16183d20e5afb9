/** Driving ports: what the controllers may ask of this service. */
import { type KafkaStatus, type MessagePosition, type ReceivedMessage } from '../repo/contracts.js';
import { type CommandOptions } from './contracts/command.js';

export type { KafkaStatus, ReceivedMessage };
export type * from './contracts/command.js';
export * from './contracts/translations.js';
export * from './contracts/users.js';

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

/** How long it is waited for what a switch sets going. */
export interface SwitchOptions {
  /** Aborted when nobody waits any more. */
  signal?: AbortSignal | undefined;
}

/** Messages by hand, and the control of this instance's Kafka clients. */
export interface Kafka {
  /**
   * @throws NotAllowed for a topic that is not one of this service's
   * @throws NotPublished when the brokers did not acknowledge the message, TooLarge when they never will
   */
  produceMessage(message: MessageInput, options?: CommandOptions): Promise<ProducedMessage>;
  /**
   * The next message of a topic for a group, whose position moves on by it.
   * @returns undefined when none came in time
   * @throws NotFound when there is no such topic, Conflict while the group has members, NotAllowed when the
   *   brokers refuse it, Unavailable
   */
  receiveMessage(
    query: ReceiveQuery,
    options?: { signal?: AbortSignal },
  ): Promise<ReceivedMessage | undefined>;
  enableProducer(): Promise<SwitchReport>;
  // The switches below are turned at once; when the signal is aborted before what they resolve with, they
  // throw Unavailable, which says how far it has come.
  /** Resolves when what was accepted before is settled. */
  disableProducer(options?: SwitchOptions): Promise<SwitchReport>;
  /** Resolves when the consumers have joined their groups. */
  enableConsumer(options?: SwitchOptions): Promise<SwitchReport>;
  /** Resolves when the consumers have finished their work in hand and left their groups. */
  disableConsumer(options?: SwitchOptions): Promise<SwitchReport>;
  status(): KafkaStatus;
}
export const Kafka = Symbol.for('Kafka');

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
