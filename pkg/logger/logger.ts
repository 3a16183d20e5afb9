/** Levels, least important first. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Details of one line by name. Any value may be given: what cannot be written as JSON is described instead. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes one line per call. No call throws, whatever it is given, and none waits: a line is handed to the
 * stream at once and written in order.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to each of its lines; a line's own field of the same name wins. */
  child(fields: LogFields): Logger;
}

/** The logger of a program, which its main flushes before it exits. */
export interface RootLogger extends Logger {
  /**
   * Resolves when every line that was logged before has been handed to the operating system, or when the
   * stream has failed. Never rejects.
   */
  flush(): Promise<void>;
}
