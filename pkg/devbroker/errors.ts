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

/** How a request ended, in the fields of an answer. */
export interface Outcome {
  /** 0 for success. */
  errorCode: number;
  errorMessage: string | null;
}

/** Runs `action`; a {@link BrokerError} becomes its code and sentence, anything else is thrown on. */
export function outcomeOf(action: () => void): Outcome {
  try {
    action();
    return { errorCode: 0, errorMessage: null };
  } catch (error) {
    if (error instanceof BrokerError) return { errorCode: error.code, errorMessage: error.message };
    throw error;
  }
}
