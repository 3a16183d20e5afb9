import { DriverError } from '../driver.js';
import { missingRight } from '../security/access_failure.js';
import type { AccessReport } from '../security/access_report.js';

type Missing = Parameters<typeof missingRight>;

const NOT_AUTHORIZED = { topic: 'TOPIC_AUTHORIZATION_FAILED', group: 'GROUP_AUTHORIZATION_FAILED' };

/** The error with the right in its message, and on what, where it is about one on such a thing; else as it is. */
export function namingRight(error: DriverError, ...[right, on, name]: Missing): DriverError {
  const { reason, protocolError } = error;
  if (protocolError !== NOT_AUTHORIZED[on]) return error;
  return new DriverError(reason, missingRight(right, on, name), { cause: error.cause, protocolError });
}

/** As {@link namingRight}; the log is told as well. */
export function tellingRight(
  access: AccessReport | undefined,
  error: DriverError,
  ...missing: Missing
): DriverError {
  const named = namingRight(error, ...missing);
  if (named !== error) access?.failed(named.message);
  return named;
}
