import type { DriverError } from './driver.js';
import { AccessDenied, BrokerUnreachable } from './errors.js';

/** The error for the caller when no broker could be used: none answers, or none lets this client in. */
export function unreachable(
  brokers: readonly string[],
  error: DriverError,
): BrokerUnreachable | AccessDenied {
  return error.denied
    ? new AccessDenied(brokers, error.message)
    : new BrokerUnreachable(brokers, error.message, error);
}
