import { type User } from '../../entity/user.js';
import { type UserEvent } from '../../entity/user_event.js';
import { type Page, type PageRequest, type StoredEvent } from '../../repo/contracts.js';
import { type CommandOptions, type Recorded } from './command.js';

/** What a user says of themselves. */
export type UserProfile = Extract<UserEvent, { type: 'user.created' }>['data'];

/** The events of a profile; any other that users get is published by a use case of its own. */
type ProfileEvent = Extract<UserEvent, { type: 'user.created' | 'user.updated' | 'user.deleted' }>;

/** What a caller says of a user event; id, time and the rest of the envelope are filled in. */
export type UserEventInput = {
  [E in ProfileEvent as E['type']]: { type: E['type']; userId: string; data: E['data'] };
}[ProfileEvent['type']];

/** Publishing what becomes of profiles, and what is known by them. */
export interface UserEvents {
  /** @throws InvalidEvent when the data does not satisfy the event's schema, NotPublished */
  produceUserEvent(input: UserEventInput, options?: CommandOptions): Promise<StoredEvent>;
  /** Keeps the user directory of this instance; resolves once it has caught up with the topic. */
  consumeUserEvents(): Promise<void>;
}
export const UserEvents = Symbol.for('UserEvents');

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
