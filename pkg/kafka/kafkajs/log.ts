import type { LogEntry, logCreator as LogCreator } from 'kafkajs';
import { kafkajsLogCreator, type Logger } from '../../logger/index.js';
import { textOf } from '../async.js';
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
      const message = messageOf(entry);
      if (message.includes(SEALED) || message.startsWith(CRASH)) return;
      const { error } = entry.log as { readonly error?: unknown };
      const denial = explainAccess(typeof error === 'string' ? `${message}: ${error}` : message);
      if (denial === undefined) write({ ...entry, log: { ...entry.log, message } });
      else access?.failed(denial);
    };
  };
}

/** kafkajs logs some errors as they are. What is thrown here would take the place of that error there. */
function messageOf({ log }: LogEntry): string {
  const message: unknown = log.message;
  return message instanceof Error ? message.message : textOf(message);
}
