/** Driving ports: what the controllers may ask of this service. */
import { type UserEvent } from '../entity/user_event.js';
import { type StoredEvent } from '../repo/contracts.js';

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
  /** @throws InvalidEvent when the data does not satisfy the event's schema */
  produceUserEvent(input: UserEventInput): Promise<StoredEvent>;
  /** Asks for a translation; the answer comes as `translation.completed` with the same aggregate id. */
  produceTranslationEvent(input: TranslationInput): Promise<StoredEvent>;
  /** Resolves once this instance takes part in consuming the user events. */
  consumeUserEvents(): Promise<void>;
  /** Resolves once this instance takes part in consuming, and answering, the translation events. */
  consumeTranslationEvents(): Promise<void>;
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
