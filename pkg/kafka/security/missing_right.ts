import { DriverError } from '../driver.js';
import { KafkaError, RightMissing } from '../errors.js';
import { isMissingRight } from './access_failure.js';

/** What the brokers do not let this client do, with the mend, where that is why; undefined for other errors. */
export function missingRightOf(error: unknown): string | undefined {
  if (error instanceof RightMissing) return error.message;
  const refusal = error instanceof KafkaError ? error.cause : error;
  return refusal instanceof DriverError && isMissingRight(refusal.protocolError)
    ? refusal.message
    : undefined;
}
