import type { LogEntry, logCreator as LogCreator } from 'kafkajs';
import { kafkajsLogCreator, type Logger } from '../../logger/index.js';

/** The error of a socket that this package closed. */
export const SEALED = 'this client was closed';

/** kafkajs's line for a consumer that ended; this package reports it too, with what it does about it. */
const CRASH = 'Crash: ';

/** Sends kafkajs's log to `logger`, without what this package brings about or reports itself. */
export function logCreator(logger: Logger): LogCreator {
  const create = kafkajsLogCreator(logger);
  return (level) => {
    const write = create(level);
    return (entry: LogEntry) => {
      const { message } = entry.log;
      if (!message.includes(SEALED) && !message.startsWith(CRASH)) write(entry);
    };
  };
}
