/**
 * What can go wrong in the service's own terms. The message is for its users: it may be shown to them, so it
 * says nothing of what is inside. A controller knows what each class means in its transport.
 */
export abstract class DomainError extends Error {
  /** @param code stable, for programs, for example `USER_NOT_FOUND` */
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** What was asked for does not exist, or not yet. */
export class NotFound extends DomainError {}

/** What was asked for contradicts the present state; it may be possible later. */
export class Conflict extends DomainError {}

/** What was asked for is not for this caller, however often it is tried. */
export class NotAllowed extends DomainError {}

/** An event is larger than its topic takes. */
export class TooLarge extends NotAllowed {}

/** Something that the service depends on cannot do its part at present; trying again later may help. */
export class Unavailable extends DomainError {}

/** A message was not acknowledged by the brokers. */
export class NotPublished extends Unavailable {
  /** @param outcome whether it is not in its topic, or that is not known: repeat it under the same id */
  constructor(
    readonly outcome: 'not-stored' | 'unknown',
    /** The message's `event-id`, where it has one. */
    readonly eventId: string | undefined,
    options?: ErrorOptions,
  ) {
    const said =
      outcome === 'unknown'
        ? 'It is not known whether the event was stored; repeat the request with the same Idempotency-Key.'
        : 'The event could not be stored; try again later.';
    super(outcome === 'unknown' ? 'EVENT_UNCONFIRMED' : 'EVENT_NOT_STORED', said, options);
  }
}
