import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../logger/index.js';
import { BrokerUnreachable } from './errors.js';
import { type KafkaManager } from './manager.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Resolves when a broker answers, however long that takes; the log tells of each attempt.
 * @throws AbortError when it is no longer wanted, AccessDenied
 */
export async function waitForBroker(
  manager: Pick<KafkaManager, 'ping'>,
  { logger, signal }: { readonly logger: Pick<Logger, 'warn'>; readonly signal: AbortSignal },
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      await manager.ping();
      return;
    } catch (error) {
      if (!(error instanceof BrokerUnreachable)) throw error;
      logger.warn('no broker answers; trying again', { error });
    }
    await wait(pauseMs, undefined, { signal });
  }
}
