/** What a line says of an error; every part is clean already. */
interface ErrorParts {
  readonly name: string;
  readonly message: string;
  /** The first frames outside of Node itself, one a line. */
  readonly stack: string;
  /** The error's own further properties, such as `code`. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** What an AggregateError holds. */
  readonly errors?: unknown;
}

/** An error as it stands in a line; a class, so that the readable format can tell it from other fields. */
export class LoggedError {
  constructor(readonly parts: ErrorParts) {}

  /** In JSON lines the details stand beside name and message. */
  toJSON(): Record<string, unknown> {
    const { name, message, details, ...rest } = this.parts;
    return { name, message, ...details, ...rest };
  }
}

const MOST_FRAMES = 8;

/** The frames of a stack that lead to the reader's code: without the message and Node's own. */
export function framesOf(error: Error): string {
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !line.includes('node:internal'))
    .map((line) => line.trim());
  return frames.slice(0, MOST_FRAMES).join('\n');
}
