/** A refusal with the protocol's error code and a sentence for the client. */
export class BrokerError extends Error {
  override readonly name: string = 'BrokerError';

  constructor(
    readonly code: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
