import type { LogEntry, logCreator as LogCreator } from 'kafkajs';
import { kafkajsLogCreator, type Logger } from '../../logger/index.js';

/** The error of a socket that this package closed. */
export const SEALED = 'this client was closed';

/** Sends kafkajs's log to `logger`, without what this package brings about itself by closing sockets. */
export function logCreator(logger: Logger): LogCreator {
  const create = kafkajsLogCreator(logger);
  return (level) => {
    const write = create(level);
    return (entry: LogEntry) => {
      if (!entry.log.message.includes(SEALED)) write(entry);
    };
  };
}
