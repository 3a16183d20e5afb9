import type { LogEntry, logCreator as LogCreator } from 'kafkajs';
import { kafkajsLogCreator, type Logger } from '../../logger/index.js';
import { explainAccess } from '../security/access_failure.js';
import type { AccessReport } from '../security/access_report.js';

/** The error of a socket that this package closed. */
export const SEALED = 'this client was closed';

/** kafkajs's line for a consumer that ended; this package reports it too, with what it does about it. */
const CRASH = 'Crash: ';

/** Sends kafkajs's log to `logger`, without what this package brings about or reports itself. */
export function logCreator(logger: Logger, access?: AccessReport): LogCreator {
  const create = kafkajsLogCreator(logger);
  return (level) => {
    const write = create(level);
    return (entry: LogEntry) => {
      const { message, error } = entry.log as LogEntry['log'] & { readonly error?: unknown };
      if (message.includes(SEALED) || message.startsWith(CRASH)) return;
      const denial = explainAccess(typeof error === 'string' ? `${message}: ${error}` : message);
      if (denial === undefined) write(entry);
      else access?.failed(denial);
    };
  };
}
