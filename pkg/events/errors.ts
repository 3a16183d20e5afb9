/** An event that does not have the shape that its definition asks for. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
  readonly code = 'INVALID_EVENT';

  /** @param problems one line for each field at fault: its path and what is wrong with it */
  constructor(
    readonly type: string,
    readonly problems: readonly string[],
  ) {
    super(`${type} is not valid: ${problems.join('; ')}`);
  }
}

/** A message whose value is no event at all, or one in a version that nothing here can read. */
export class UndecodableEvent extends Error {
  override readonly name = 'UndecodableEvent';
  readonly code = 'UNDECODABLE_EVENT';
}

/** A message of a type that is not among the definitions it was to be read with. */
export class UnknownEventType extends Error {
  override readonly name = 'UnknownEventType';
  readonly code = 'UNKNOWN_EVENT_TYPE';

  constructor(
    readonly type: string,
    known: readonly string[],
  ) {
    super(`event type "${type}" is not known here; known are ${known.join(', ')}`);
  }
}
