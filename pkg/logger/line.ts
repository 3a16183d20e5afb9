import { cleanField, cleanLine, readFields } from './clean.js';
import { currentContext } from './context.js';
import type { LogFields, LogLevel } from './logger.js';

/** One line before it is formatted: clean, in the order in which it is written. */
export interface Line extends Record<string, unknown> {
  /** UTC, ISO 8601 with milliseconds. */
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  /** Name of the program. */
  readonly name: string;
}

/** What a line is made of, apart from the fields of its context. */
interface LineParts {
  readonly level: LogLevel;
  readonly message: string;
  readonly name: string;
  /** Fields by precedence, the last wins. */
  readonly fields: readonly LogFields[];
}

const OWN = new Set(['time', 'level', 'message', 'name']);

/** Makes a line of its parts and of the running context. A field named like the line's own gets a `_` behind. */
export function lineOf({ level, message, name, fields }: LineParts): Line {
  const line = new Map<string, unknown>([
    ['time', new Date().toISOString()],
    ['level', level],
    ['message', cleanLine(message)],
    ['name', name],
  ]);
  for (const [key, value] of [currentContext() ?? {}, ...fields].flatMap(readFields)) {
    if (value === undefined) continue;
    const clean = cleanLine(key);
    line.set(OWN.has(clean) ? `${clean}_` : clean, cleanField(clean, value));
  }
  return Object.fromEntries(line) as Line;
}
