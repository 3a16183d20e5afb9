import { withTimeout } from './async.js';
import { DriverError } from './driver.js';

/**
 * Settles like `work`, which goes on beyond its time.
 * @throws DriverError `unreachable` when brokers did not answer within so many milliseconds
 */
export function answerWithin<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return withTimeout(
    work,
    timeoutMs,
    () => new DriverError('unreachable', `no answer within ${Math.round(timeoutMs)} ms`),
  );
}
