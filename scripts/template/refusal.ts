/** What was asked for cannot be done, or not like this. The message says why, and nothing has been written. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /** @param usage whether the command was called wrongly, as opposed to at a bad time */
  constructor(
    message: string,
    readonly usage = false,
  ) {
    super(message);
  }
}
