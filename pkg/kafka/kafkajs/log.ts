import kafkajs, { type LogEntry, type logCreator as LogCreator } from 'kafkajs';
import type { Logger } from '../logger.js';

/** The error of a socket that this package closed. */
export const SEALED = 'this client was closed';

/** Lines that kafkajs writes by design of this package and that would only alarm. */
const EXPECTED = ['Limiting retries for the idempotent producer', SEALED];

/** What a logger adds itself, and stacks that only show kafkajs's inside. */
const OWN_FIELDS = new Set(['message', 'timestamp', 'logger', 'stack']);

/**
 * Sends kafkajs's log to `logger`, one level down: what kafkajs calls an error is retried, and what ends
 * a client for good is reported by this package.
 */
export function logCreator(logger: Logger): LogCreator {
  return () => (entry: LogEntry) => {
    const { message } = entry.log;
    if (EXPECTED.some((text) => message.includes(text))) return;
    const fields = Object.entries(entry.log).filter(([name]) => !OWN_FIELDS.has(name));
    const context = { ...Object.fromEntries(fields), namespace: entry.namespace };
    if (entry.level === kafkajs.logLevel.ERROR || entry.level === kafkajs.logLevel.WARN) {
      logger.warn(`kafkajs: ${message}`, context);
    } else {
      logger.debug(`kafkajs: ${message}`, context);
    }
  };
}
