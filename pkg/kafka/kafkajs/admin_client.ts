import type kafkajs from 'kafkajs';
import type { RetryOptions } from 'kafkajs';
import { answerWithin } from '../answer_within.js';
import { openClient, type ConnectionOptions } from './client.js';
import { toDriverError } from './errors.js';

/** Milliseconds to reach a node, of which some may stay silent. */
const CONNECT_MS = 10_000;
/** About 5 s in all, beside what nodes take to answer. */
const RETRY: RetryOptions = {
  initialRetryTime: 200,
  multiplier: 2,
  factor: 0.2,
  maxRetryTime: 2_000,
  retries: 5,
};

/**
 * Runs work with a kafkajs admin of its own: one keeps every topic that it has seen in its metadata requests,
 * so that one topic deleted later fails all that follow.
 * @throws DriverError
 */
export async function withAdmin<T>(
  options: ConnectionOptions,
  work: (admin: kafkajs.Admin) => Promise<T>,
): Promise<T> {
  const client = openClient(options, RETRY);
  const admin = client.kafka.admin({ retry: RETRY });
  let connected = false;
  try {
    await answerWithin(admin.connect(), CONNECT_MS);
    connected = true;
    return await work(admin);
  } catch (error) {
    throw toDriverError(error, client.lastSocketError());
  } finally {
    // What is still being connected would go on, and be waited for.
    if (!connected) client.seal();
    await admin.disconnect().catch((error: unknown) => {
      options.logger.debug('an admin client did not disconnect cleanly', { error });
    });
    client.seal();
  }
}
