import pc from 'picocolors';
import type { Line } from './line.js';
import { LoggedError } from './logged_error.js';
import type { LogLevel } from './logger.js';

type Colors = ReturnType<typeof pc.createColors>;
type Paint = (text: string) => string;

const SHORT_ID = 8;

/** Keys with a place of their own in the line; the program's name is the same in all of them. */
const HEAD = new Set(['time', 'level', 'message', 'name', 'correlationId']);

/** A format for people: one line, and below it the stack of each error and of what caused it. */
export function prettyFormat(useColors: boolean): (line: Line) => string {
  const colors = pc.createColors(useColors);
  const paints: Readonly<Record<LogLevel, Paint>> = {
    debug: colors.gray,
    info: colors.green,
    warn: colors.yellow,
    error: colors.red,
  };
  return (line) => {
    const { time, level, message, correlationId } = line;
    const fields = Object.entries(line).filter(([key]) => !HEAD.has(key));
    const parts = [
      colors.dim(time.slice('2025-10-09T'.length, -1)),
      paints[level](level.toUpperCase().padEnd(5)),
      level === 'error' ? colors.bold(message) : message,
      ...fields.map(([key, value]) => `${colors.cyan(oneWord(key))}=${inline(value)}`),
    ];
    if (correlationId !== undefined) parts.push(colors.dim(`[${shortId(correlationId)}]`));
    const errors = fields.map(([, value]) => value).filter((value) => value instanceof LoggedError);
    return [parts.join(' '), ...errors.flatMap((error) => stackOf(error, colors))].join('\n');
  };
}

/** The end of an id: the start of a UUID v7 is its time, alike for all ids of one minute. */
function shortId(id: unknown): string {
  return oneWord(String(id).slice(-SHORT_ID));
}

function inline(value: unknown): string {
  if (value instanceof LoggedError) return oneWord(`${value.parts.name}: ${value.parts.message}`);
  return typeof value === 'string' ? oneWord(value) : JSON.stringify(value);
}

/** Quotes what would otherwise run into the next field, or over the end of the line. */
function oneWord(text: string): string {
  return /^[^\s"=[\]]+$/.test(text) ? text : JSON.stringify(text);
}

function stackOf(error: LoggedError, colors: Colors): string[] {
  const frames = error.parts.stack.split('\n').filter((frame) => frame !== '');
  const lines = frames.map((frame) => colors.dim(`    ${frame}`));
  const { cause } = error.parts;
  if (cause === undefined) return lines;
  const below = cause instanceof LoggedError ? stackOf(cause, colors) : [];
  return [...lines, `  caused by ${inline(cause)}`, ...below];
}
